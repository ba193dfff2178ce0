"""What the tests of the page share."""

import pytest

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.export import Recognizer, export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student

CLASSES = ("angry", "happy", "sad")


@pytest.fixture(scope="session")
def untrained(tmp_path_factory):
    """Folder of an exported student that has learned nothing."""
    sizes = StudentConfig(filters=5, attention_units=7, num_levels=2)
    front_end = FrontEnd(FeatureConfig(num_mels=11, normalization="utterance"))
    student = build_student(len(CLASSES), sizes, bands=11, seed=1)
    folder = tmp_path_factory.mktemp("saved_models") / "untrained"
    export_student(student, front_end, CLASSES, folder)
    return folder


@pytest.fixture(scope="session")
def recognizer(untrained):
    """The untrained student."""
    return Recognizer(untrained)

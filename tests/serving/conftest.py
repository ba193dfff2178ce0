"""Served models that the tests of this folder share."""

import keras
import pytest
from fastapi.testclient import TestClient

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.export import export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from satn_keras.serving.app import make_app
from satn_keras.serving.service import ModelService
from satn_keras.serving.settings import Settings
from satn_keras.serving.versions import Policy
from tests.support.mean_model import save_mean_model


@pytest.fixture(scope="session")
def mean_models(tmp_path_factory):
    """Folder with versions 1 and 2 of the model of known answers."""
    folder = tmp_path_factory.mktemp("mean_models") / "mean"
    for version in (1, 2):
        save_mean_model(folder, version)
    return folder


@pytest.fixture(scope="session")
def student_folder(tmp_path_factory):
    """Folder with version 1 of a tiny untrained student."""
    keras.utils.set_random_seed(2)
    front_end = FrontEnd(FeatureConfig(num_mels=5, normalization="utterance"))
    config = StudentConfig(num_levels=1, filters=3, attention_units=3)
    folder = tmp_path_factory.mktemp("students") / "tiny"
    model = build_student(3, config, bands=5)
    export_student(model, front_end, ("angry", "happy", "sad"), folder)
    return folder


@pytest.fixture(scope="session")
def serving(mean_models):
    """Maker of a client of an application in this process; a context manager."""

    def make(folder=mean_models, policy="all", labels=None, **settings):
        service = ModelService(
            "mean", folder, Settings(**settings), Policy.parse(policy), labels
        )
        client = TestClient(make_app(service), raise_server_exceptions=False)
        client.service = service
        return client

    return make


@pytest.fixture(scope="session")
def mean(serving):
    """Client of both versions, with small bounds; version 1 is stable."""
    bounds = {"max_rows": 5, "max_seconds": 2.0, "max_body_bytes": 200_000}
    with serving(labels={"stable": 1, "gone": 7}, **bounds) as client:
        yield client

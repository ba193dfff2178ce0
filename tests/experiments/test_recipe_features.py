"""Runs that read prepared features: the same run, and an early line where it cannot."""

import numpy as np
import pandas as pd
import pytest

from satn_keras.beam import FeaturePreparation, prepare_features
from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.experiment import run_student, run_teacher
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.pipelines import build_store, feature_source


def with_values(config, **sections):
    """The recipe with some values of some sections changed."""
    values = config.model_dump()
    for name, section in sections.items():
        values[name] = {**values[name], **section}
    return ExperimentConfig.model_validate(values)


@pytest.fixture(scope="module")
def alone(small_config):
    """The small recipe for one epoch without a teacher."""
    return with_values(
        small_config, transfer={"weight": 0.0}, student_training={"epochs": 1}
    )


@pytest.fixture(scope="module")
def folder(alone, tmp_path_factory):
    """Prepared features of the small corpus."""
    path = tmp_path_factory.mktemp("prepared") / "features"
    manifest = Manifest.read(alone.data.emotions)
    prepare_features(FeaturePreparation(manifest, alone.features, path, num_shards=4))
    return path


def no_audio(*args, **kwargs):
    pytest.fail("features were computed from audio")


def test_a_student_trains_and_is_judged_on_the_shards_alone(
    alone, folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(folder.parent)
    config = with_values(alone, data={"features": folder.name})
    with monkeypatch.context() as patched:
        patched.setattr(feature_source, "features_of", no_audio)
        run_student(config, tmp_path / "run")
    run = RunDirectory.open(tmp_path / "run")
    assert run.config.data.features == str(folder)  # found from any folder
    keys = run.read_json("split.json")
    table = pd.read_csv(tmp_path / "run" / "predictions.csv")
    assert sorted(table["key"]) == sorted(keys["test"])
    train = Manifest.read(alone.data.emotions).where(key=keys["train"])
    expected = build_store(train, make_front_end(alone.features)).statistics()
    np.testing.assert_allclose(run.read_json("statistics.json"), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("sections", "line"),
    [
        ({"features": {"num_mels": 13}}, "features.num_mels 11, and 13 is asked for"),
        (
            {"student_training": {"augmentation": {"speeds": (0.9,)}}},
            "at the speeds 1.0, and 1.0, 0.9 are asked for",
        ),
        ({"system": {"name": "functionals_svm"}}, "functionals_svm hears the audio"),
        ({"data": {"features": "/absent"}}, "/absent/index.json: no whole index"),
    ],
)
def test_features_that_do_not_fit_end_before_anything_is_trained(
    alone, folder, tmp_path, sections, line
):
    config = with_values(alone, data={"features": str(folder)})
    if "system" in sections:
        values = {**config.model_dump(), **sections}
        config = ExperimentConfig.model_validate(values)
    else:
        config = with_values(config, **sections)
    with pytest.raises(ConfigError, match=line):
        run_student(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_missing_test_utterance_is_told_before_training(alone, tmp_path):
    manifest = Manifest.read(alone.data.emotions).without(speaker="eva")
    path = tmp_path / "features"
    prepare_features(FeaturePreparation(manifest, alone.features, path, num_shards=2))
    config = with_values(alone, data={"features": str(path)})
    with pytest.raises(
        ConfigError, match=r"lacks 6 of 6 .* the first is 'eva_angry_0'"
    ):
        run_student(config, tmp_path / "run")
    with pytest.raises(ConfigError, match="lacks 6 of 6"):
        run_teacher(config, tmp_path / "teacher")

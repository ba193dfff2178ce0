"""The functionals' machine learns, is stored without pickle and comes back."""

import numpy as np
import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems import system_class
from tests.support.opensmile import needs_opensmile

pytestmark = needs_opensmile
CLASSES = ("angry", "happy", "sad")


def recipe(small_config, **changes):
    values = small_config.model_dump()
    values["system"] = {"name": "functionals_svm", **changes}
    values["transfer"] = {"weight": 0.0}
    return ExperimentConfig.model_validate(values)


def parts(path):
    """Training, validation and test part of the small corpus."""
    manifest = Manifest.read(path)
    heard = manifest.without(speaker=("dirk", "eva"))
    return heard, manifest.where(speaker="dirk"), manifest.where(speaker="eva")


def train(config, manifest, path):
    """System and its run."""
    run = RunDirectory.create(path, config)
    heard, validation, _ = parts(manifest)
    system = system_class(config).train(config, heard, validation, CLASSES, run)
    return system, run


@pytest.fixture
def trained_machine(small_config, small_manifest, tmp_path):
    config = recipe(small_config, normalization="speaker")
    return train(config, small_manifest, tmp_path / "run")


def test_it_hears_the_manner_of_a_speaker_it_has_not_met(
    trained_machine, small_manifest
):
    system, run = trained_machine
    test = parts(small_manifest)[2]
    posteriors = system.posteriors(test, run)
    assert posteriors.dtype == "float32"
    np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-5)
    heard = np.array(CLASSES)[posteriors.argmax(axis=1)]
    assert np.mean(heard == [utterance.label for utterance in test]) > 0.8


def test_posteriors_follow_the_manifest_and_ignore_its_labels(
    trained_machine, small_manifest
):
    system, run = trained_machine
    test = parts(small_manifest)[2]
    frame = test.to_frame().iloc[::-1]
    frame["label"] = "unheard of"
    backwards = system.posteriors(Manifest.from_frame(frame), run)
    np.testing.assert_allclose(backwards[::-1], system.posteriors(test, run), atol=1e-6)


def test_a_loaded_system_gives_the_same_posteriors(trained_machine, small_manifest):
    system, run = trained_machine
    again = type(system).load(RunDirectory.open(run.path))
    test = parts(small_manifest)[2]
    np.testing.assert_array_equal(
        again.posteriors(test, run), system.posteriors(test, run)
    )
    assert again.classes == CLASSES
    assert again.num_parameters == system.num_parameters > 0


def test_a_run_holds_functionals_and_no_pickle(trained_machine, small_manifest):
    _, run = trained_machine
    with np.load(run.path / "functionals_svm.npz", allow_pickle=False) as arrays:
        assert arrays["values"].shape == (len(parts(small_manifest)[0]), 88)
        assert set(arrays["speakers"]) == {"small/anna", "small/bert", "small/cora"}
    assert run.read_json("labels.json") == list(CLASSES)
    selected = run.read_json("selected.json")
    assert selected["epoch"] is None
    assert "validation part is not used" in selected["note"]


def test_the_validation_part_trains_where_the_recipe_lets_it(
    small_config, small_manifest, tmp_path
):
    config = recipe(small_config, train_on_validation=True)
    _, run = train(config, small_manifest, tmp_path / "run")
    with np.load(run.path / "functionals_svm.npz", allow_pickle=False) as arrays:
        assert set(arrays["speakers"]) == {
            f"small/{name}" for name in ("anna", "bert", "cora", "dirk")
        }
    assert "training and validation" in run.read_json("selected.json")["note"]


def test_a_training_part_of_one_class_is_refused(
    small_config, small_manifest, tmp_path
):
    config = recipe(small_config)
    run = RunDirectory.create(tmp_path / "run", config)
    heard, validation, _ = parts(small_manifest)
    with pytest.raises(ConfigError, match="at least two classes"):
        system_class(config).train(
            config, heard.where(label="sad"), validation, CLASSES, run
        )


def test_a_damaged_run_is_told(trained_machine):
    system, run = trained_machine
    (run.path / "functionals_svm.npz").write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match="functionals_svm.npz: missing or damaged"):
        type(system).load(run)


@pytest.mark.parametrize("heard", [True, False])
def test_what_trained_it_is_no_development_figure(
    small_config, small_manifest, tmp_path, heard
):
    config = recipe(small_config, train_on_validation=heard)
    run_student(config, tmp_path / "run")
    metrics = RunDirectory.open(tmp_path / "run").read_json("metrics.json")
    parts_told = RunDirectory.open(tmp_path / "run").read_json("protocol.json")
    assert ("validation" in metrics) is not heard
    assert ("validation.ua" in parts_told) is not heard

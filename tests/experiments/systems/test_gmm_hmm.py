"""The HMM baseline learns, is stored without pickle, and decides by likelihood."""

import numpy as np
import pytest

from satn_keras.config import ExperimentConfig, systems
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.gmm_hmm import GmmHmmSystem
from tests.experiments.systems import small_hmm

pytest.importorskip("hmmlearn")
SYSTEM = {"name": "gmm_hmm"}


@pytest.fixture(scope="module")
def config(small_config):
    return small_hmm.recipe(small_config, SYSTEM)


@pytest.fixture(scope="module")
def trained(config, small_manifest, tmp_path_factory):
    path = tmp_path_factory.mktemp("gmm_hmm") / "run"
    return small_hmm.train(config, small_manifest, path)


def test_a_run_holds_plain_arrays_classes_and_what_was_chosen(trained):
    _, run = trained
    with np.load(run.path / "gmm_hmm.npz", allow_pickle=False) as arrays:
        assert arrays["means"].shape == (3, 2, 2, 21)
    assert run.read_json("labels.json") == list(small_hmm.CLASSES)
    selected = run.read_json("selected.json")
    assert selected["epoch"] is None
    assert selected["sharpness"] > 0
    assert run.read_json("statistics.json") is None


def test_posteriors_come_in_the_manifest_s_order_whatever_the_labels(
    trained, small_manifest
):
    small_hmm.check_posteriors(*trained, small_manifest)


def test_the_loaded_system_is_the_trained_one(trained, small_manifest):
    small_hmm.check_loaded(*trained, small_manifest)


def test_emotions_that_differ_in_pitch_and_length_are_learned(trained, small_manifest):
    heard, *_ = small_hmm.parts(small_manifest)
    assert small_hmm.accuracy(*trained, heard) > 0.7  # by chance 0.33


def test_the_decision_is_the_likeliest_model_s(trained, small_manifest):
    system, run = trained
    test = small_hmm.parts(small_manifest)[2]
    sequences = system.frames.sequences(system.frames.store(test, run))
    likelihoods = system.classifier.log_likelihoods(sequences)
    np.testing.assert_array_equal(
        system.posteriors(test, run).argmax(axis=1), likelihoods.argmax(axis=1)
    )


@pytest.mark.parametrize("normalization", ["none", "training", "speaker", "whitening"])
def test_the_same_seed_gives_the_same_posteriors_in_every_normalization(
    config, small_manifest, tmp_path, normalization
):
    config = small_hmm.recipe(config, SYSTEM, {"normalization": normalization})
    test = small_hmm.parts(small_manifest)[2]
    posteriors = []
    for name in ("one", "two"):
        system, run = small_hmm.train(config, small_manifest, tmp_path / name)
        posteriors.append(system.posteriors(test, run))
    np.testing.assert_array_equal(*posteriors)
    small_hmm.check_loaded(system, run, small_manifest)


def test_augmented_speeds_are_heard_in_training(config, small_manifest, tmp_path):
    faster = small_hmm.recipe(config, SYSTEM, augmentation={"speeds": [1.1]})
    system, run = small_hmm.train(faster, small_manifest, tmp_path / "run")
    plain, _ = small_hmm.train(config, small_manifest, tmp_path / "plain")
    heard = small_hmm.parts(small_manifest)[0]
    assert len(system.frames.store(heard, run, training=True)) == 2 * len(heard)
    means = [each.classifier.models.means for each in (system, plain)]
    assert not np.allclose(*means)


def test_a_class_without_a_training_utterance_is_named(
    config, small_manifest, tmp_path
):
    run = RunDirectory.create(tmp_path / "run", config)
    heard, validation, _ = small_hmm.parts(small_manifest)
    with pytest.raises(ConfigError, match="class 'bored' has no training utterance"):
        GmmHmmSystem.train(
            config, heard, validation, (*small_hmm.CLASSES, "bored"), run
        )


@pytest.mark.parametrize("masks", ["time_masks", "frequency_masks"])
def test_masks_are_refused_by_their_key(config, small_manifest, tmp_path, masks):
    masked = small_hmm.recipe(config, SYSTEM, augmentation={masks: 1})
    with pytest.raises(ConfigError, match=f"augmentation.{masks}': the system gmm_hmm"):
        small_hmm.train(masked, small_manifest, tmp_path / "run")


def test_a_run_without_models_says_what_to_do(config, tmp_path):
    run = RunDirectory.create(tmp_path / "run", config)
    with pytest.raises(ArtifactError, match=r"gmm_hmm\.npz: missing or damaged"):
        GmmHmmSystem.load(run)


def test_the_recipe_has_the_documented_sizes():
    import satn_keras.experiments as folder

    config = ExperimentConfig.from_yaml(f"{folder.__path__[0]}/recipes/gmm-hmm.yaml")
    assert config.system == systems.GmmHmm(name="gmm_hmm")
    assert config.features.normalization == "utterance"

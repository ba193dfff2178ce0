"""The hybrid baseline learns its states, is chosen on validation, and stored whole."""

import numpy as np
import pandas as pd
import pytest

from satn_keras.config import ExperimentConfig, systems
from satn_keras.errors import ArtifactError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.dnn_hmm import DnnHmmSystem
from tests.experiments.systems import small_hmm

pytest.importorskip("hmmlearn")
SYSTEM = {"name": "dnn_hmm", "context_frames": 5, "num_layers": 2, "units": 13}


@pytest.fixture(scope="module")
def config(small_config):
    return small_hmm.recipe(small_config, SYSTEM, epochs=15, batch_size=4)


@pytest.fixture(scope="module")
def trained(config, small_manifest, tmp_path_factory):
    path = tmp_path_factory.mktemp("dnn_hmm") / "run"
    return small_hmm.train(config, small_manifest, path)


def test_a_run_holds_network_arrays_classes_and_what_was_chosen(trained):
    _, run = trained
    assert (run.path / "state_network.keras").exists()
    with np.load(run.path / "dnn_hmm.npz", allow_pickle=False) as arrays:
        assert arrays["priors"].shape == (6,)
        np.testing.assert_allclose(arrays["priors"].sum(), 1)
        assert arrays["transitions"].shape == (3, 2, 2)
    assert run.read_json("labels.json") == list(small_hmm.CLASSES)
    assert run.read_json("selected.json")["sharpness"] > 0


def test_posteriors_come_in_the_manifest_s_order_whatever_the_labels(
    trained, small_manifest
):
    small_hmm.check_posteriors(*trained, small_manifest)


def test_the_loaded_system_is_the_trained_one(trained, small_manifest):
    small_hmm.check_loaded(*trained, small_manifest)


def test_emotions_that_differ_in_pitch_and_length_are_learned(trained, small_manifest):
    heard, *_ = small_hmm.parts(small_manifest)
    assert small_hmm.accuracy(*trained, heard) > 0.7  # by chance 0.33


def test_the_epoch_kept_is_the_best_of_the_history_on_the_validation_part(trained):
    _, run = trained
    history = pd.read_csv(run.path / "history.csv")
    best = history.sort_values(["val_ua", "val_loss"], ascending=[False, True]).iloc[0]
    selected = run.read_json("selected.json")
    assert selected["epoch"] == best["epoch"] + 1
    assert selected["val_ua"] == pytest.approx(best["val_ua"])


def test_the_validation_score_is_that_of_the_emotions(trained, small_manifest):
    system, run = trained
    validation = small_hmm.parts(small_manifest)[1]
    # Two utterances of each emotion: the mean recall is the accuracy.
    expected = small_hmm.accuracy(system, run, validation)
    assert run.read_json("selected.json")["val_ua"] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_posteriors_and_the_loss_can_choose(
    config, small_manifest, tmp_path
):
    settings = {"epochs": 1, "selection": "loss", "class_weights": "balanced"}
    short = small_hmm.recipe(config, SYSTEM, **settings, augmentation={"speeds": [1.1]})
    test = small_hmm.parts(small_manifest)[2]
    posteriors = []
    for name in ("one", "two"):
        system, run = small_hmm.train(short, small_manifest, tmp_path / name)
        posteriors.append(system.posteriors(test, run))
    np.testing.assert_array_equal(*posteriors)
    assert "val_loss" in run.read_json("selected.json")


def test_parameters_are_counted_by_hand(trained):
    network = (5 * 21 + 1) * 13 + (13 + 1) * 13 + (13 + 1) * 6
    assert trained[0].num_parameters == network + 5 + 3  # priors, durations


def test_a_run_without_a_network_says_what_to_do(config, tmp_path):
    run = RunDirectory.create(tmp_path / "run", config)
    with pytest.raises(ArtifactError, match=r"dnn_hmm\.npz: missing or damaged"):
        DnnHmmSystem.load(run)


def test_the_recipe_has_the_documented_sizes():
    import satn_keras.experiments as folder

    config = ExperimentConfig.from_yaml(f"{folder.__path__[0]}/recipes/dnn-hmm.yaml")
    assert config.system == systems.DnnHmm(name="dnn_hmm")
    assert config.features.normalization == "utterance"

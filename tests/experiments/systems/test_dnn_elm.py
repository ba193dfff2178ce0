"""The DNN-ELM learns, is chosen on the validation part, and is stored whole."""

import numpy as np
import pandas as pd
import pytest

from satn_keras.config import ExperimentConfig, systems
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.dnn_elm import DnnElmSystem
from tests.experiments.systems import small_elm

SYSTEM = {
    "name": "dnn_elm",
    "segment_frames": 7,
    "energy_share": 0.3,
    "units": 13,
    "elm": {"units": 17},
}


@pytest.fixture(scope="module")
def config(small_config):
    return small_elm.recipe(small_config, SYSTEM, epochs=6)


@pytest.fixture(scope="module")
def trained(config, small_manifest, tmp_path_factory):
    path = tmp_path_factory.mktemp("dnn_elm") / "run"
    return small_elm.train(config, small_manifest, path)


def test_a_run_holds_all_that_is_needed_to_load_it(trained):
    small_elm.check_files(trained[1])


def test_posteriors_come_in_the_manifest_s_order_whatever_the_labels(
    trained, small_manifest
):
    small_elm.check_posteriors(*trained, small_manifest)


def test_the_loaded_system_is_the_trained_one(trained, small_manifest):
    system, run = trained
    loaded = DnnElmSystem.load(RunDirectory.open(run.path))
    test = small_elm.parts(small_manifest)[2]
    np.testing.assert_array_equal(
        loaded.posteriors(test, run), system.posteriors(test, run)
    )
    assert loaded.num_parameters == system.num_parameters
    assert loaded.classes == small_elm.CLASSES


def test_emotions_that_differ_in_pitch_and_length_are_learned(trained, small_manifest):
    heard, *_ = small_elm.parts(small_manifest)
    assert small_elm.accuracy(*trained, heard) > 0.9


def test_the_epoch_kept_is_the_best_of_the_history_on_the_validation_part(trained):
    _, run = trained
    history = pd.read_csv(run.path / "history.csv")
    best = history.sort_values(["val_ua", "val_loss"], ascending=[False, True]).iloc[0]
    selected = run.read_json("selected.json")
    assert selected["epoch"] == best["epoch"] + 1
    assert selected["val_ua"] == pytest.approx(best["val_ua"])


def test_the_validation_score_is_that_of_network_and_machine(trained, small_manifest):
    system, run = trained
    validation = small_elm.parts(small_manifest)[1]
    # Two utterances of each emotion: the mean recall is the accuracy.
    expected = small_elm.accuracy(system, run, validation)
    assert run.read_json("selected.json")["val_ua"] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_posteriors_and_the_loss_can_choose(
    config, small_manifest, tmp_path
):
    short = small_elm.recipe(
        config,
        SYSTEM,
        epochs=1,
        selection="loss",
        class_weights="balanced",
        augmentation={"speeds": [0.9]},
    )
    test = small_elm.parts(small_manifest)[2]
    posteriors = []
    for name in ("one", "two"):
        system, run = small_elm.train(short, small_manifest, tmp_path / name)
        posteriors.append(system.posteriors(test, run))
    np.testing.assert_array_equal(*posteriors)
    assert "val_loss" in run.read_json("selected.json")


def test_parameters_are_counted_by_hand(trained):
    inputs = 7 * 11 * 3
    network = (inputs + 1) * 13 + 2 * (13 + 1) * 13 + (13 + 1) * 3
    machine = 2 * 12 + (12 + 1) * 17 + 17 * 3  # scale, drawn units, solution
    assert trained[0].num_parameters == network + machine


@pytest.mark.parametrize("masks", ["time_masks", "frequency_masks"])
def test_masks_are_refused_by_their_key(config, small_manifest, tmp_path, masks):
    masked = small_elm.recipe(config, SYSTEM, augmentation={masks: 1})
    with pytest.raises(ConfigError, match=f"augmentation.{masks}: the system dnn_elm"):
        small_elm.train(masked, small_manifest, tmp_path / "run")


def test_a_run_without_a_network_says_what_to_do(config, tmp_path):
    run = RunDirectory.create(tmp_path / "run", config)
    with pytest.raises(ArtifactError, match=r"network\.keras: no trained network"):
        DnnElmSystem.load(run)


def test_the_recipe_has_the_sizes_of_the_paper():
    import satn_keras.experiments as folder

    path = f"{folder.__path__[0]}/recipes/dnn-elm.yaml"
    config = ExperimentConfig.from_yaml(path)
    assert config.system == systems.DnnElm(name="dnn_elm")
    assert config.features.descriptors == "han2014"
    network = DnnElmSystem.make_network(5, make_front_end(config.features), config)
    assert network.get_layer("stack").output.shape == (None, 750)

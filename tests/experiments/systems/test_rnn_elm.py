"""The RNN-ELM learns, is chosen on the validation part, and is stored whole."""

from importlib.util import find_spec

import numpy as np
import pytest

from satn_keras.config import ExperimentConfig, systems
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.rnn_elm import RnnElmSystem
from tests.experiments.systems import small_elm

SYSTEM = {"name": "rnn_elm", "num_layers": 1, "lstm_units": 5}
IS09 = {"descriptors": "is09"}


@pytest.fixture(scope="module")
def config(small_config):
    if find_spec("opensmile") is None:  # the package imports it in its own way
        pytest.skip("openSMILE is not installed")
    return small_elm.recipe(small_config, SYSTEM, IS09, epochs=6)


@pytest.fixture(scope="module")
def trained(config, small_manifest, tmp_path_factory):
    path = tmp_path_factory.mktemp("rnn_elm") / "run"
    return small_elm.train(config, small_manifest, path)


def test_a_run_holds_all_that_is_needed_to_load_it(trained):
    small_elm.check_files(trained[1])


def test_posteriors_come_in_the_manifest_s_order_whatever_the_labels(
    trained, small_manifest
):
    small_elm.check_posteriors(*trained, small_manifest)


def test_the_loaded_system_is_the_trained_one(trained, small_manifest):
    system, run = trained
    loaded = RnnElmSystem.load(RunDirectory.open(run.path))
    test = small_elm.parts(small_manifest)[2]
    np.testing.assert_array_equal(
        loaded.posteriors(test, run), system.posteriors(test, run)
    )
    assert loaded.num_parameters == system.num_parameters


def test_emotions_that_differ_in_pitch_and_length_are_learned(trained, small_manifest):
    heard, *_ = small_elm.parts(small_manifest)
    assert small_elm.accuracy(*trained, heard) > 0.9


def test_the_validation_score_is_that_of_network_and_machine(trained, small_manifest):
    system, run = trained
    validation = small_elm.parts(small_manifest)[1]
    expected = small_elm.accuracy(system, run, validation)
    assert run.read_json("selected.json")["val_ua"] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_posteriors_though_crops_are_asked(
    trained, config, small_manifest, tmp_path
):
    cropped = small_elm.recipe(config, SYSTEM, IS09, segment_frames=5)
    again = small_elm.train(cropped, small_manifest, tmp_path / "run")
    test = small_elm.parts(small_manifest)[2]
    np.testing.assert_array_equal(
        again[0].posteriors(test, again[1]), trained[0].posteriors(test, trained[1])
    )


def test_features_without_voicing_are_refused_before_anything_is_read(
    small_config, small_manifest, tmp_path
):
    config = small_elm.recipe(small_config, SYSTEM)
    with pytest.raises(ConfigError, match=r"Set features\.descriptors=is09"):
        small_elm.train(config, small_manifest, tmp_path / "run")


def test_the_recipe_has_the_sizes_of_the_paper():
    import satn_keras.experiments as folder

    path = f"{folder.__path__[0]}/recipes/rnn-elm.yaml"
    config = ExperimentConfig.from_yaml(path)
    assert config.system == systems.RnnElm(name="rnn_elm")
    assert config.system.elm.kernel == "rbf"
    assert config.features.descriptors == "is09"
    assert config.student_training.segment_frames is None

"""A recipe that chooses on a validation part is refused where there is none."""

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError
from satn_keras.experiments.choosing import check_choosing

NOBODY = Manifest([])
SOMEBODY = Manifest([Utterance("a", "a.wav", speaker="anna")])


def recipe(system="satn", selection="last"):
    return ExperimentConfig.model_validate(
        {"system": {"name": system}, "student_training": {"selection": selection}}
    )


@pytest.mark.parametrize("selection", ["ua", "loss"])
def test_a_choice_of_the_epoch_needs_somebody_to_choose(selection):
    said = rf"data\.validation_speakers: .*'{selection}' chooses .*selection=last"
    with pytest.raises(ConfigError, match=said):
        check_choosing(recipe(selection=selection), NOBODY)
    check_choosing(recipe(selection=selection), SOMEBODY)


@pytest.mark.parametrize(
    "system", ["satn", "attention_rnn", "acrnn", "deep_spectrum_access2019"]
)
def test_the_last_epoch_of_a_network_needs_nobody(system):
    check_choosing(recipe(system), NOBODY)


@pytest.mark.parametrize("system", ["dnn_elm", "rnn_elm", "gmm_hmm", "dnn_hmm"])
def test_a_posterior_that_is_sharpened_on_validation_needs_it(system):
    with pytest.raises(ConfigError, match=f"system {system} fits the sharpness"):
        check_choosing(recipe(system), NOBODY, "protocol.validation_speakers")


def test_a_machine_that_chooses_nothing_needs_nobody():
    check_choosing(recipe("functionals_svm", "ua"), NOBODY)

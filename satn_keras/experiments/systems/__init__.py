"""Emotion recognisers by the name that a recipe calls them."""

import importlib

from satn_keras.config import ExperimentConfig
from satn_keras.experiments.systems.system import System

_NETWORK = "satn_keras.experiments.students:Student"
# Where each system lives; loaded when a recipe asks for it.
SYSTEMS = {
    "satn": _NETWORK,
    "attention_rnn": _NETWORK,
    "acrnn": _NETWORK,
    "deep_spectrum_interspeech2018": _NETWORK,
    "deep_spectrum_asmmc2018": _NETWORK,
    "deep_spectrum_access2019": _NETWORK,
    "dnn_elm": "satn_keras.experiments.systems.dnn_elm:DnnElmSystem",
    "rnn_elm": "satn_keras.experiments.systems.rnn_elm:RnnElmSystem",
    "gmm_hmm": "satn_keras.experiments.systems.gmm_hmm:GmmHmmSystem",
    "dnn_hmm": "satn_keras.experiments.systems.dnn_hmm:DnnHmmSystem",
    "functionals_svm": (
        "satn_keras.experiments.systems.functionals_svm:FunctionalsSvmSystem"
    ),
}


def system_class(config: ExperimentConfig) -> type[System]:
    """Class of the system that the recipe names."""
    module, _, name = SYSTEMS[config.system.name].partition(":")
    return getattr(importlib.import_module(module), name)


__all__ = ["SYSTEMS", "System", "system_class"]

"""The networks of other papers in sizes that are distinct primes."""

import numpy as np

from satn_keras.config import systems
from satn_keras.models import build_network
from tests.support.layer_contracts import numbers

FRAMES, BANDS, CLASSES = 17, 13, 3
SMALL = {
    "attention_rnn": (
        systems.AttentionRnn(name="attention_rnn", dense_units=7, lstm_units=5),
        2,
    ),
    "acrnn": (
        systems.Acrnn(
            name="acrnn",
            first_filters=3,
            filters=5,
            num_convolutions=3,
            linear_units=11,
            lstm_units=7,
            dense_units=5,
        ),
        3,
    ),
    "deep_spectrum_interspeech2018": (
        systems.DeepSpectrum2018Interspeech(
            name="deep_spectrum_interspeech2018",
            lstm_units=5,
            filters=(7, 3),
            kernel_sizes=(4, 3),
        ),
        2,
    ),
    "deep_spectrum_asmmc2018": (
        systems.DeepSpectrum2018Asmmc(
            name="deep_spectrum_asmmc2018",
            lstm_units=5,
            filters=(3, 5),
            kernel_sizes=(3, 2),
            dense_units=7,
        ),
        3,
    ),
    "deep_spectrum_access2019": (
        systems.DeepSpectrum2019Access(
            name="deep_spectrum_access2019",
            lstm_units=5,
            filters=(3, 5),
            kernel_sizes=(3, 2),
            padding="same",
            attention_units=11,
            dense_units=7,
        ),
        3,
    ),
}


def small_network(name, **changes):
    """Network whose batch normalisation is not the identity."""
    config, channels = SMALL[name]
    model = build_network(
        config.model_copy(update=changes), CLASSES, BANDS, channels, seed=1
    )
    return stirred(model)


def stirred(model):
    """The model with moments and shifts of batch normalisation that are not 0 and 1.

    A padded frame that is left at the value normalisation gives to zero then shows.
    """
    for weight in model.weights:
        if "normalization" in weight.path:
            weight.assign(0.5 + np.abs(numbers(*weight.shape)))
    return model


def features(name, batch=2, frames=FRAMES):
    """Standard normal features of that network."""
    return numbers(batch, frames, BANDS, SMALL[name][1])

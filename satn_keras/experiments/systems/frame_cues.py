"""Energy and voicing of frames, read from unnormalised features."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from satn_keras.config import FeatureConfig
from satn_keras.errors import ConfigError
from satn_keras.features import DESCRIPTOR_NAMES

ENERGIES = ("log_energy", "rms_energy", "loudness")
VOICING = "voicing_probability"


def energy_of(config: FeatureConfig) -> Callable[[tf.Tensor], tf.Tensor]:
    """Function from features (frames, bands, channels) to the energy (frames,).

    The descriptor of the energy; of log-mel features the logarithm of the power in
    all bands. Any unit: it orders the frames of one utterance.
    """
    if config.descriptors == "none":
        if config.mel_scale == "power":
            return lambda features: tf.reduce_sum(features[..., 0], axis=-1)
        return lambda features: tf.reduce_logsumexp(features[..., 0], axis=-1)
    names = DESCRIPTOR_NAMES[config.descriptors]
    band = names.index(next(name for name in ENERGIES if name in names))
    return lambda features: features[..., band, 0]


def voicing_of(config: FeatureConfig) -> Callable[[tf.Tensor], tf.Tensor]:
    """Function from features (frames, bands, channels) to a probability (frames,).

    Raises:
        ConfigError: if the features hold no probability of voicing.
    """
    names = DESCRIPTOR_NAMES.get(config.descriptors, ())
    if VOICING not in names:
        sets = [
            name for name, columns in DESCRIPTOR_NAMES.items() if VOICING in columns
        ]
        raise ConfigError(
            "features.descriptors: the system rnn_elm needs the probability of "
            f"voicing, which {' and '.join(sets)} hold. Received: "
            f"{config.descriptors!r}. Set features.descriptors=is09."
        )
    band = names.index(VOICING)
    return lambda features: features[..., band, 0]

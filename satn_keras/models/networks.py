"""Networks by the name of their system, the transfer network's student aside."""

import keras

from satn_keras.models.baselines.acrnn import build_acrnn
from satn_keras.models.baselines.attention_rnn import build_attention_rnn
from satn_keras.models.deep_spectrum import (
    build_deep_spectrum_access2019,
    build_deep_spectrum_asmmc2018,
    build_deep_spectrum_interspeech2018,
)

# Name of the system -> builder with the arguments of `build_network`.
NETWORKS = {
    "attention_rnn": build_attention_rnn,
    "acrnn": build_acrnn,
    "deep_spectrum_interspeech2018": build_deep_spectrum_interspeech2018,
    "deep_spectrum_asmmc2018": build_deep_spectrum_asmmc2018,
    "deep_spectrum_access2019": build_deep_spectrum_access2019,
}


def build_network(
    config,
    num_classes: int,
    bands: int,
    channels: int,
    seed: int | None = None,
) -> keras.Model:
    """Network of the system that `config` names.

    Args:
        config: sizes, the section `system` of a recipe.
        num_classes: emotions.
        bands: feature bands a frame.
        channels: static features, and derivatives where there are any.
        seed: of the dropout.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if no network has the name, or its builder refuses the sizes.

    Example:
        >>> from satn_keras.config.systems import AttentionRnn
        >>> config = AttentionRnn(name="attention_rnn", dense_units=7, lstm_units=3)
        >>> build_network(config, num_classes=4, bands=16, channels=2).name
        'attention_rnn'
    """
    if config.name not in NETWORKS:
        raise ValueError(
            f"`config.name` must be one of {', '.join(NETWORKS)}. "
            f"Received: {config.name!r}."
        )
    return NETWORKS[config.name](num_classes, config, bands, channels, seed)

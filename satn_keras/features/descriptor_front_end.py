"""Front end of models whose frames openSMILE computes outside the graph."""

import keras

from satn_keras.config import FeatureConfig
from satn_keras.errors import ConfigError
from satn_keras.features.descriptor_names import DESCRIPTOR_CHANNELS, DESCRIPTOR_NAMES
from satn_keras.features.normalized_frames import NormalizedFrames


@keras.saving.register_keras_serializable(package="satn_keras")
class DescriptorFrontEnd(NormalizedFrames):
    """Clock, size and normalisation of openSMILE's low-level descriptors.

    A pipeline computes the frames and this layer normalises them; the frames are
    as many as those of `FrontEnd`, one every 10 ms. It has no way from a waveform
    to frames of its own, so a model that reads descriptors cannot be exported.

    Args:
        config: `FeatureConfig` whose `descriptors` names a set, or a dict with its
            fields. The frames are those of windows of 25 ms, 10 ms apart; windows
            of other lengths, which some sets have besides, begin with them.

    Raises:
        ConfigError: if no set is named, or windows or hops are others.

    Example:
        >>> front_end = DescriptorFrontEnd(FeatureConfig(descriptors="is09"))
        >>> front_end.num_bands, front_end.num_channels, front_end.names[-1]
        (16, 2, 'f0')
        >>> front_end.frame_count(16000)
        99
    """

    def __init__(self, config, **kwargs):
        config = FeatureConfig.model_validate(config)
        _check(config)
        names = DESCRIPTOR_NAMES[config.descriptors]
        channels = DESCRIPTOR_CHANNELS[config.descriptors]
        super().__init__(config, len(names), channels, **kwargs)

    @property
    def names(self):
        """What each band holds."""
        return DESCRIPTOR_NAMES[self.config.descriptors]

    def extract(self, waveform, lengths=None):
        """Refused: no layer computes these frames."""
        raise ConfigError(
            f"features.descriptors: openSMILE computes {self.config.descriptors!r} "
            "outside the graph, so a model that reads it takes no waveform and cannot "
            "be exported. Train one with features.descriptors=none for that."
        )

    def __call__(self, waveform, lengths=None, statistics=None):
        """Refused: as `extract`, before Keras adds words of its own."""
        return self.extract(waveform, lengths)


def _check(config):
    if config.descriptors == "none":
        raise ConfigError(
            "features.descriptors: must name a set of descriptors here, one of "
            f"{', '.join(DESCRIPTOR_NAMES)}. Received: 'none'."
        )
    if (config.window_seconds, config.hop_seconds) != (0.025, 0.010):
        raise ConfigError(
            "features.window_seconds, features.hop_seconds: descriptors have windows "
            "of 0.025 s, 0.01 s apart. Leave both keys out. Received: "
            f"{config.window_seconds} and {config.hop_seconds}."
        )

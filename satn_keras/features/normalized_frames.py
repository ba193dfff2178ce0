"""Frames on a clock, of known bands and channels, and their normalisation."""

import keras
import numpy as np
from keras import ops

from satn_keras.config import FeatureConfig
from satn_keras.features.mel import frame_count
from satn_keras.features.normalization import FeatureNormalization


class NormalizedFrames(keras.layers.Layer):
    """What every front end shares: the frames' clock and their normalisation.

    Always computes in float32, whatever the global dtype policy.

    Args:
        config: `FeatureConfig`, or a dict with its fields.
        num_bands: Values in one frame and channel.
        num_channels: Static values and the derivatives beside them.
        voiced_bands: Bands that have no value where unvoiced; see
            `FeatureNormalization`.
        pitch_band: Band that is zero where unvoiced.
    """

    def __init__(
        self,
        config,
        num_bands,
        num_channels,
        voiced_bands=(),
        pitch_band=None,
        **kwargs,
    ):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.input_spec = keras.layers.InputSpec(ndim=2)
        self.config = FeatureConfig.model_validate(config)
        self.num_bands = num_bands
        self.num_channels = num_channels
        self.normalization = FeatureNormalization(
            self.config.normalization,
            window=self.config.running_seconds / self.config.hop_seconds,
            prior_frames=self.config.speaker_prior_seconds / self.config.hop_seconds,
            limit=self.config.limit,
            voiced_bands=voiced_bands,
            pitch_band=pitch_band,
            name="normalization",
        )
        # Statistics must be settable before the first call.
        self.normalization.build((None, None, num_bands, num_channels))

    @property
    def sample_rate(self):
        """Samples per second that the waveform must have."""
        return self.config.sample_rate

    @property
    def frame_seconds(self):
        """Seconds from one frame to the next."""
        return self.config.hop_length / self.sample_rate

    def frame_times(self, num_frames):
        """Middle of each frame in seconds from the start: (num_frames,)."""
        starts = np.arange(num_frames) * self.config.hop_length
        return (starts + self.config.window_length / 2) / self.sample_rate

    def frame_count(self, num_samples):
        """Frames of a signal of `num_samples`; int, integer array or tensor."""
        config = self.config
        return frame_count(num_samples, config.window_length, config.hop_length)

    def present(self, features):
        """Which values count in statistics: bool (frames, bands), or None for all.

        Args:
            features: (frames, bands, channels), NumPy, before normalisation.
        """
        normalization = self.normalization
        if not normalization.voiced_bands:
            return None
        present = np.ones(features.shape[:2], bool)
        voiced = features[:, normalization.pitch_band, 0] != 0
        present[:, list(normalization.voiced_bands)] = voiced[:, None]
        return present

    def normalize(self, features, mask=None, statistics=None):
        """Features before normalisation, normalised as the config says."""
        return self.normalization(features, mask=mask, statistics=statistics)

    @property
    def speaker_prior(self):
        """What `FeatureStatistics` of a speaker begin with; None for nothing."""
        if (prior := self.normalization.prior) is None:
            return None
        frames, *moments = prior
        return frames, *(ops.convert_to_numpy(each) for each in moments)

    def speaker_statistics(self, features, mask):
        """Mean and deviation of all these utterances, as those of one speaker.

        Args:
            features: (batch, frames, bands, channels), before normalisation.
            mask: bool (batch, frames), true frames.

        Returns:
            (1, 2, bands, channels), float32, for the argument `statistics`.
        """
        counted = self.normalization.counted(features, mask)
        shape = (1, -1, self.num_bands, self.num_channels)
        frames = ops.reshape(features, shape)
        counted = ops.broadcast_to(counted, ops.shape(features))
        moments = self.normalization.moments(frames, ops.reshape(counted, shape))
        return ops.concatenate(moments, axis=1)

    def set_statistics(self, mean, deviation):
        """Training set's mean and deviation, each (bands, channels)."""
        self.normalization.set_statistics(mean, deviation)

    def set_voices(self, *arrays):
        """Training set's voices, as `VoiceMixture.set_voices` takes them."""
        self.normalization.set_voices(*arrays)

    def set_whitening(self, mean, matrix):
        """Training set's mean, (bands, channels), and its whitening matrix."""
        self.normalization.set_whitening(mean, matrix)

    def get_config(self):
        return {**super().get_config(), "config": self.config.model_dump(mode="json")}

"""Features brought to zero mean and unit deviation."""

import math

import keras
import numpy as np
from keras import ops

from satn_keras.features.given_statistics import (
    check_form,
    check_given,
    check_mode,
    checked_moments,
    checked_whitening,
)
from satn_keras.features.moments import (
    counted_values,
    moments_with_prior,
    normalized_alone,
    utterance_moments,
)
from satn_keras.features.running_moments import running_moments
from satn_keras.features.voices import VoiceMixture

MODES = ("none", "utterance", "speaker", "voices", "training", "whitening", "running")


@keras.saving.register_keras_serializable(package="satn_keras")
class FeatureNormalization(keras.layers.Layer):
    r"""Features of zero mean and unit deviation per band and channel.

    $$y = \frac{x - \mu}{\sigma + \epsilon}$$

    or, whitened, also uncorrelated: $y = (x - \mu) W$ with the bands and channels
    of a frame laid out as one vector, and back in their places after.

    Always computes in float32, whatever the global dtype policy.

    Args:
        mode: Whose mean $\mu$ and deviation $\sigma$ (of the population, not
            the sample) count:
            "none": nobody's, features stay as they are;
            "utterance": the utterance's own true frames';
            "speaker": those passed as `statistics`; the utterance's own when
            none are passed, as one utterance is all that is known of an unknown
            speaker, after `prior_frames` of the training set's, which
            `set_statistics` sets;
            "voices": those passed as `statistics`; where none are passed, those of
            the training set's voices that the utterance resembles (`VoiceMixture`),
            which `set_voices` sets;
            "training": the training set's, non-trainable weights that
            `set_statistics` sets, 0 and 1 before;
            "running": of the frames up to each one and of the training set, as
            `running_moments` has them;
            "whitening": the training set's mean and matrix W, non-trainable
            weights that `set_whitening` sets, 0 and the identity before.
        epsilon: $\epsilon$, in units of the feature.
        prior_frames: of `moments_with_prior`, in mode "speaker".
        window: frames in which the past fades to 1 / e, in mode "running".
        limit: deviations at which normalised values are cut; None cuts none.
        voiced_bands: bands that have values in voiced frames alone: elsewhere they
            are zero, the mean, and have no part in the utterance's own statistics.
        pitch_band: band that is exactly zero in unvoiced frames.

    Call arguments:
        features: float (batch, frames, bands, channels).
        mask: bool (batch, frames), true frames first; all when None.
        statistics: float (batch, 2, bands, channels), mean and deviation for
            each utterance; only in modes "speaker" and "voices".

    Input shape:
        (batch, frames, bands, channels), float.

    Output shape:
        As the input; padded frames are exactly zero.

    Raises:
        ValueError: if `mode` is unknown, `prior_frames` are negative or of another
            mode, or if statistics reach a mode that has no use for them.

    Example:
        >>> features = np.arange(6, dtype="float32").reshape(1, 2, 1, 3)
        >>> normalization = FeatureNormalization("utterance", epsilon=0.0)
        >>> ops.convert_to_numpy(normalization(features))[0, :, 0]
        array([[-1., -1., -1.],
               [ 1.,  1.,  1.]], dtype=float32)

    References:
        Chen et al. 2018, 3-D Convolutional Recurrent Neural Networks with
        Attention Model for Speech Emotion Recognition; epsilon from their code.
        Kessy, Lewin, Strimmer 2018, Optimal whitening and decorrelation.
    """

    def __init__(
        self,
        mode="training",
        epsilon=1e-5,
        window=300.0,
        prior_frames=0.0,
        limit=None,
        voiced_bands=(),
        pitch_band=None,
        **kwargs,
    ):
        super().__init__(**{**kwargs, "dtype": "float32"})
        check_form(mode, MODES, prior_frames)
        self.mode = mode
        self.epsilon = epsilon
        self.window = window
        self.prior_frames = prior_frames
        self.limit = limit
        self.voiced_bands = tuple(voiced_bands)
        self.pitch_band = pitch_band
        self.mixture = None
        self.input_spec = keras.layers.InputSpec(ndim=4)
        self.supports_masking = True

    def build(self, features_shape):
        shape = tuple(features_shape[2:])
        if self.mode == "whitening" or self._is_of_training:
            self.mean = self._statistic("mean", shape, "zeros")
        if self._is_of_training:
            self.deviation = self._statistic("deviation", shape, "ones")
        if self.mode == "whitening":
            self.matrix = self._statistic("matrix", (math.prod(shape),) * 2, "identity")
        if self.mode == "voices" and self.mixture is None:
            self.mixture = VoiceMixture(name="voices")

    @property
    def _is_of_training(self):
        """Whether it keeps mean and deviation of the training set."""
        with_prior = self.mode == "speaker" and self.prior_frames > 0
        return with_prior or self.mode in ("training", "running")

    def _statistic(self, name, shape, initializer):
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, trainable=False
        )

    def set_statistics(self, mean, deviation):
        """Training set's mean and deviation, each (bands, channels).

        Raises:
            ValueError: if the mode is not "training" or "running", nor "speaker" with
                a prior, a shape does not fit, a value is not finite, or a deviation is
                negative.
        """
        if not self._is_of_training:
            check_mode(
                "Statistics without `prior_frames`", self.mode, "training", "running"
            )
        mean, deviation = checked_moments(mean, deviation)
        self._build_for(mean)
        self.mean.assign(mean)
        self.deviation.assign(deviation)

    def set_whitening(self, mean, matrix):
        """Training set's mean, (bands, channels), and whitening matrix W.

        W is (bands x channels, bands x channels), a column for each value of the
        output, as `whitening_matrix` makes it.

        Raises:
            ValueError: if the mode is not "whitening", a shape does not fit, or a
                value is not finite.
        """
        check_mode("A whitening", self.mode, "whitening")
        mean, matrix = checked_whitening(mean, matrix)
        self._build_for(mean)
        self.mean.assign(mean)
        self.matrix.assign(matrix)

    def set_voices(self, *arrays):
        """Training set's voices, as `VoiceMixture.set_voices` takes them.

        Raises:
            ValueError: if the mode is not "voices", or a shape does not fit.
        """
        check_mode("Voices", self.mode, "voices")
        self._build_for(np.asarray(arrays[0])[0, 0])
        self.mixture.set_voices(*arrays)

    def _build_for(self, mean):
        if not self.built:
            self.build((None, None, *mean.shape))
            self.built = True

    def call(self, features, mask=None, statistics=None):
        if statistics is not None:
            check_given(statistics, self.mode)
        mask = self.counted(features, mask)
        normalized = self._normalize(features, mask, statistics)
        if self.limit is not None:
            normalized = ops.clip(normalized, -self.limit, self.limit)
        return normalized if mask is None else ops.where(mask, normalized, 0.0)

    @property
    def prior(self):
        """(frames, mean, deviation) of the training set, in mode "speaker"; or None."""
        known = self.mode == "speaker" and self._is_of_training
        return (self.prior_frames, self.mean, self.deviation) if known else None

    def moments(self, features, counted):
        """Mean and deviation, each (batch, 1, bands, channels), after the prior."""
        if self.prior is None:
            return utterance_moments(features, counted)
        return moments_with_prior(features, counted, self.prior)

    def counted(self, features, mask=None):
        """Which values count: bool (batch, frames, bands or 1, 1), or None for all."""
        voiced_bands = () if self.mode == "none" else self.voiced_bands
        return counted_values(features, mask, voiced_bands, self.pitch_band)

    def _normalize(self, features, mask, statistics):
        if self.mode == "none":
            return features
        if self.mode == "training":
            return (features - self.mean) / (self.deviation + self.epsilon)
        if self.mode == "whitening":
            frames = ops.reshape(features - self.mean, (-1, self.matrix.shape[0]))
            return ops.reshape(ops.matmul(frames, self.matrix), ops.shape(features))
        if self.mode == "running":
            prior = self.mean, self.deviation
            mean, deviation = running_moments(features, mask, self.window, prior)
            return (features - mean) / (deviation + self.epsilon)
        if self.mode == "voices" and statistics is None:
            statistics = self.mixture(features, mask)
        if self.prior is not None and statistics is None:
            statistics = ops.concatenate(self.moments(features, mask), axis=1)
        if statistics is not None:
            return (features - statistics[:, :1]) / (statistics[:, 1:] + self.epsilon)
        return normalized_alone(features, mask, self.epsilon)

    def compute_output_shape(self, features_shape):
        return features_shape

    def compute_mask(self, features, previous_mask=None):
        return None  # the front end hands its mask on as a value of its own

    def get_config(self):
        return {
            **super().get_config(),
            "mode": self.mode,
            "epsilon": self.epsilon,
            "window": self.window,
            "prior_frames": self.prior_frames,
            "limit": self.limit,
            "voiced_bands": self.voiced_bands,
            "pitch_band": self.pitch_band,
        }

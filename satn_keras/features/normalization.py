"""Features brought to zero mean and unit deviation per band and channel."""

import keras
import numpy as np
from keras import ops

MODES = ("none", "utterance", "speaker", "training")


@keras.saving.register_keras_serializable(package="satn_keras")
class FeatureNormalization(keras.layers.Layer):
    r"""Features of zero mean and unit deviation per band and channel.

    $$y = \frac{x - \mu}{\sigma + \epsilon}$$

    Always computes in float32, whatever the global dtype policy.

    Args:
        mode: Whose mean $\mu$ and deviation $\sigma$ (of the population, not
            the sample) count:
            "none": nobody's, features stay as they are;
            "utterance": the utterance's own true frames';
            "speaker": those passed as `statistics`; the utterance's own when
            none are passed, as one utterance is all that is known of an unknown
            speaker;
            "training": the training set's, non-trainable weights that
            `set_statistics` sets, 0 and 1 before.
        epsilon: $\epsilon$, in units of the feature.

    Call arguments:
        features: float (batch, frames, bands, channels).
        mask: bool (batch, frames), true frames first; all when None.
        statistics: float (batch, 2, bands, channels), mean and deviation for
            each utterance; only in mode "speaker".

    Input shape:
        (batch, frames, bands, channels), float.

    Output shape:
        As the input; padded frames are exactly zero.

    Raises:
        ValueError: if `mode` is unknown, or if statistics reach a mode that has
            no use for them.

    Example:
        >>> features = np.arange(6, dtype="float32").reshape(1, 2, 1, 3)
        >>> normalization = FeatureNormalization("utterance", epsilon=0.0)
        >>> ops.convert_to_numpy(normalization(features))[0, :, 0]
        array([[-1., -1., -1.],
               [ 1.,  1.,  1.]], dtype=float32)

    References:
        Chen et al. 2018, 3-D Convolutional Recurrent Neural Networks with
        Attention Model for Speech Emotion Recognition; epsilon from their code.
    """

    def __init__(self, mode="training", epsilon=1e-5, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        if mode not in MODES:
            raise ValueError(
                f"`mode` must be one of {', '.join(MODES)}. Received: {mode!r}."
            )
        self.mode = mode
        self.epsilon = epsilon
        self.input_spec = keras.layers.InputSpec(ndim=4)
        self.supports_masking = True

    def build(self, features_shape):
        if self.mode == "training":
            shape = tuple(features_shape[2:])
            self.mean = self.add_weight(
                name="mean", shape=shape, initializer="zeros", trainable=False
            )
            self.deviation = self.add_weight(
                name="deviation", shape=shape, initializer="ones", trainable=False
            )

    def set_statistics(self, mean, deviation):
        """Training set's mean and deviation, each (bands, channels).

        Raises:
            ValueError: if the mode is not "training", a shape does not fit, a
                value is not finite, or a deviation is negative.
        """
        mean, deviation = np.asarray(mean), np.asarray(deviation)
        if self.mode != "training":
            raise ValueError(
                "Statistics can be set in mode 'training' only. "
                f"Received: mode={self.mode!r}."
            )
        if mean.ndim != 2 or mean.shape != deviation.shape:
            raise ValueError(
                "`mean` and `deviation` must both have the shape (bands, channels). "
                f"Received: {mean.shape} and {deviation.shape}."
            )
        if not (np.isfinite(mean).all() and np.isfinite(deviation).all()):
            raise ValueError("`mean` and `deviation` must be finite.")
        if (deviation < 0).any():
            raise ValueError("`deviation` must not be negative.")
        if not self.built:
            self.build((None, None, *mean.shape))
            self.built = True
        self.mean.assign(mean)
        self.deviation.assign(deviation)

    def call(self, features, mask=None, statistics=None):
        if statistics is not None and self.mode != "speaker":
            raise ValueError(
                "`statistics` are taken in mode 'speaker' only. "
                f"Received: mode={self.mode!r}."
            )
        if statistics is not None and len(statistics.shape) != 4:
            raise ValueError(
                "`statistics` must have the shape (batch, 2, bands, channels). "
                f"Received: shape={tuple(statistics.shape)}."
            )
        if mask is not None:
            mask = ops.expand_dims(mask, (2, 3))  # LiteRT cannot index a bool so
        normalized = self._normalize(features, mask, statistics)
        return normalized if mask is None else ops.where(mask, normalized, 0.0)

    def _normalize(self, features, mask, statistics):
        if self.mode == "none":
            return features
        if self.mode == "training":
            return (features - self.mean) / (self.deviation + self.epsilon)
        if statistics is not None:
            mean, deviation = statistics[:, :1], statistics[:, 1:]
            return (features - mean) / (deviation + self.epsilon)
        # Values relative to the first frame: a constant stays exactly constant,
        # and sums over long utterances lose no digits to a common offset.
        relative = features - features[:, :1]
        centred = relative - _frame_mean(relative, mask)
        deviation = ops.sqrt(_frame_mean(ops.square(centred), mask))
        return centred / (deviation + self.epsilon)

    def compute_output_shape(self, features_shape):
        return features_shape

    def compute_mask(self, features, previous_mask=None):
        return None  # the front end hands its mask on as a value of its own

    def get_config(self):
        return {**super().get_config(), "mode": self.mode, "epsilon": self.epsilon}


class FeatureStatistics:
    """Exact mean and deviation of frames that arrive in parts.

    Parts are merged in float64 (Chan, Golub, LeVeque 1983), so the order and
    size of parts do not matter.

    Example:
        >>> statistics = FeatureStatistics()
        >>> for part in ([1.0, 2.0], [6.0]):
        ...     statistics.add(np.reshape(part, (-1, 1, 1)))
        >>> float(statistics.mean[0, 0]), statistics.count
        (3.0, 3)
    """

    def __init__(self):
        self.count = 0  # frames
        self._mean = 0.0
        self._squares = 0.0  # sum of squared distances from the mean

    def add(self, features):
        """True frames of one utterance or more: (..., bands, channels).

        Raises:
            ValueError: if bands and channels differ from those before, or a
                value is not finite.
        """
        features = np.asarray(features, dtype="float64")
        if self.count and features.shape[-2:] != self._mean.shape:
            raise ValueError(
                f"Features must have the bands and channels {self._mean.shape} of "
                f"those before. Received: shape={features.shape}."
            )
        if not np.isfinite(features).all():
            raise ValueError("Features must be finite.")
        frames = features.reshape(-1, *features.shape[-2:])
        if not len(frames):
            return
        mean = frames.mean(axis=0)
        squares = np.square(frames - mean).sum(axis=0)
        total = self.count + len(frames)
        shift = mean - self._mean
        self._mean = self._mean + shift * (len(frames) / total)
        self._squares = (
            self._squares + squares + shift**2 * (self.count * len(frames) / total)
        )
        self.count = total

    @property
    def mean(self):
        """Mean over frames, float64 (bands, channels)."""
        self._check_not_empty()
        return self._mean

    @property
    def deviation(self):
        """Standard deviation of the population, float64 (bands, channels)."""
        self._check_not_empty()
        return np.sqrt(self._squares / self.count)

    def _check_not_empty(self):
        if not self.count:
            raise ValueError("No frames were added, so there are no statistics.")


def _frame_mean(values, mask):
    """Mean over true frames: (batch, 1, bands, channels)."""
    if mask is None:
        return ops.mean(values, axis=1, keepdims=True)
    count = ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)
    total = ops.sum(ops.where(mask, values, 0.0), axis=1, keepdims=True)
    return total / ops.maximum(count, 1.0)

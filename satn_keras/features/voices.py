"""Mean and deviation of an utterance's voice, guessed from voices known before."""

import keras
from keras import ops

from satn_keras.features.linear_discriminant import LinearDiscriminant

TEMPERATURE = 5.0  # of the posterior over voices; a voice is never quite another's


@keras.saving.register_keras_serializable(package="satn_keras")
class VoiceMixture(keras.layers.Layer):
    r"""Statistics of the known voices that an utterance resembles.

    $$u = [\mu; \sigma],\quad
      p = \mathrm{softmax}\big(\tfrac{1}{\tau}(W^\top z(u) + b)\big),\quad
      (\hat\mu, \hat\sigma) = \sum_v p_v\, (\mu_v, \sigma_v)$$

    with mean and deviation u of an utterance's bands over its true frames, z their
    distance from the known voices' utterances in deviations, and a linear
    discriminant W, b between the voices. Who is heard stays unknown: a stranger's
    statistics are those of the voices most like his.

    Always computes in float32. Weights are set by `set_voices` and never trained.

    Call arguments:
        features: float (batch, frames, bands, channels), before normalisation.
        counted: bool (batch, frames, bands or 1, 1), the values that count; all when
            None.

    Output shape:
        (batch, 2, bands, channels): mean and deviation.

    Raises:
        ValueError: if no voices were set.

    References:
        Fukunaga 1990, Introduction to statistical pattern recognition, on
        `LinearDiscriminant`; of voices in the place of classes here.
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.supports_masking = True

    def set_voices(self, voices, center, spread, kernel, bias):
        """What is known of the voices.

        Args:
            voices: (voices, 2, bands, channels), mean and deviation of each.
            center: (2 bands,), mean of the utterances' statistics u.
            spread: (2 bands,), their deviation, above 0.
            kernel: W, (2 bands, voices).
            bias: b, (voices,).

        Raises:
            ValueError: if a shape does not fit another.
        """
        voices = ops.convert_to_numpy(voices)
        count, _, bands, _ = voices.shape
        if not hasattr(self, "voices"):
            self.voices = self.add_weight(
                name="voices", shape=voices.shape, trainable=False
            )
            self.resemblance = LinearDiscriminant(2 * bands, count, name="resemblance")
        self.resemblance.set_discriminant(center, spread, kernel, bias)
        self.voices.assign(voices)
        self.built = True

    def call(self, features, counted=None):
        if not hasattr(self, "voices"):
            raise ValueError("No voice is known yet: call `set_voices` first.")
        heard = ops.concatenate(utterance_moments(features[..., :1], counted), axis=1)
        heard = ops.reshape(heard, (-1, self.resemblance.values))  # (batch, 2 bands)
        scores = self.resemblance(heard) / TEMPERATURE
        shape = self.voices.shape
        flat = ops.reshape(self.voices, (shape[0], -1))
        return ops.reshape(
            ops.matmul(ops.softmax(scores, axis=-1), flat), (-1, *shape[1:])
        )

    def compute_mask(self, features, previous_mask=None):
        return None


def utterance_moments(features, counted=None):
    """Mean and deviation over the frames that count: each (batch, 1, bands, channels).

    Zero where none counts.
    """
    # Values relative to the first frame: a constant stays exactly constant, and sums
    # over long utterances lose no digits to a common offset.
    first = features[:, :1]
    relative = features - first
    mean = frame_mean(relative, counted)
    deviation = ops.sqrt(frame_mean(ops.square(relative - mean), counted))
    mean = mean + first
    if counted is not None:
        mean = ops.where(ops.any(counted, axis=1, keepdims=True), mean, 0.0)
    return mean, deviation


def frame_mean(values, counted):
    """Mean over the frames that count: (batch, 1, bands, channels)."""
    if counted is None:
        return ops.mean(values, axis=1, keepdims=True)
    count = ops.sum(ops.cast(counted, "float32"), axis=1, keepdims=True)
    total = ops.sum(ops.where(counted, values, 0.0), axis=1, keepdims=True)
    return total / ops.maximum(count, 1.0)


def normalized_alone(features, counted, epsilon):
    """Features less their own mean over the frames that count, in deviations."""
    relative = features - features[:, :1]  # as in `utterance_moments`
    centred = relative - frame_mean(relative, counted)
    deviation = ops.sqrt(frame_mean(ops.square(centred), counted))
    return centred / (deviation + epsilon)

"""Mean and deviation of an utterance's voice, guessed from voices known before."""

import keras
from keras import ops

from satn_keras.features.linear_discriminant import LinearDiscriminant
from satn_keras.features.moments import utterance_moments

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

"""Cross-entropy of the emotion, whose truth may be smoothed."""

from __future__ import annotations

import keras
from keras import ops

from satn_keras.config import StudentTrainingConfig


@keras.saving.register_keras_serializable(package="satn_keras")
class EmotionCrossentropy(keras.losses.Loss):
    r"""Cross-entropy of an utterance's emotion, part of which is of any class.

    $$L = -\sum_k \left((1 - s)\, y_k + \frac{s}{K}\right) \log p_k$$

    Args:
        label_smoothing: s, share of the truth spread over all K classes.
        name: of the loss.
        **kwargs: as any loss of Keras takes them.

    Call arguments:
        y_true: (batch,) or (batch, 1), class numbers; or (batch, K), their shares.
        y_pred: (batch, K), posteriors.

    Example:
        >>> loss = EmotionCrossentropy(label_smoothing=0.2)
        >>> round(float(loss([0], [[0.8, 0.2]])), 4)  # 0.9 ln 1.25 + 0.1 ln 5
        0.3618

    References:
        Szegedy et al., Rethinking the inception architecture for computer vision,
        2016, section 7.
    """

    def __init__(self, label_smoothing=0.0, name="emotion_crossentropy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        classes = y_pred.shape[-1]
        if len(y_true.shape) != 2 or y_true.shape[-1] != classes:
            labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
            y_true = ops.one_hot(labels, classes)  # (batch, classes)
        return keras.losses.categorical_crossentropy(
            ops.cast(y_true, y_pred.dtype), y_pred, label_smoothing=self.label_smoothing
        )

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


def emotion_loss(settings: StudentTrainingConfig) -> keras.losses.Loss:
    """Cross-entropy that a student's training asks for."""
    if settings.label_smoothing or settings.mixup:
        return EmotionCrossentropy(settings.label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()

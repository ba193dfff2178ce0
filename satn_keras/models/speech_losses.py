"""Losses that teach the teacher: next token, CTC, and a diagonal alignment."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class TokenCrossentropy(keras.losses.Loss):
    """Cross-entropy of the next token, mean over an utterance's true tokens.

    Args:
        label_smoothing: share of the truth spread over all tokens.

    Call arguments:
        y_true: (batch, steps), int; 0 is padding and counts nothing.
        y_pred: (batch, steps, tokens), logits.

    Example:
        >>> logits = ops.zeros((1, 2, 4))
        >>> loss = TokenCrossentropy()(ops.convert_to_tensor([[3, 0]]), logits)
        >>> round(float(loss), 4)  # ln 4, whatever stands at the padding
        1.3863
    """

    def __init__(self, label_smoothing=0.0, name="token_crossentropy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        log_probabilities = ops.log_softmax(ops.cast(y_pred, "float32"))
        truth = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1])
        if self.label_smoothing:
            spread = self.label_smoothing / y_pred.shape[-1]
            truth = truth * (1 - self.label_smoothing) + spread
        cost = -ops.sum(truth * log_probabilities, axis=-1)  # (batch, steps)
        real = ops.cast(ops.not_equal(y_true, 0), "float32")
        return ops.sum(cost * real, -1) / ops.maximum(ops.sum(real, -1), 1.0)

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable(package="satn_keras")
class TokenCTC(keras.losses.Loss):
    """CTC cost divided by the number of true tokens, so that both terms are alike.

    Token 0 is the blank. Padded frames must hold the blank with probability one,
    as `BlankPadding` makes them.

    Call arguments:
        y_true: (batch, steps), int; 0 is padding.
        y_pred: (batch, frames, tokens), logits.
    """

    def __init__(self, name="token_ctc", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        rows = ops.shape(y_pred)[0]
        # TensorFlow's CTC refuses an empty batch, all that a replica may have.
        y_true, y_pred = _not_empty(ops.cast(y_true, "int32")), _not_empty(y_pred)
        steps = ops.sum(ops.cast(ops.not_equal(y_true, 0), "int32"), axis=-1)
        frames = ops.zeros_like(steps) + ops.shape(y_pred)[1]
        cost = ops.ctc_loss(y_true, y_pred, steps, frames, mask_index=0)
        return (cost / ops.maximum(ops.cast(steps, cost.dtype), 1))[:rows]


@keras.saving.register_keras_serializable(package="satn_keras")
class GuidedAttention(keras.losses.Loss):
    r"""Cost of attending far from the diagonal (Tachibana et al. 2018, eq. 4).

    $$W_{nt} = 1 - \exp\left(-\frac{(n/N - t/T)^2}{2 g^2}\right)$$

    weighs the alignment; the loss is its mean over true steps.

    Args:
        width: g, the share of the utterance that is free of cost.

    Call arguments:
        y_true: (batch, 2), true steps N and the share of the frames that are true.
        y_pred: (batch, steps, frames), alignment.

    References:
        Tachibana et al., Efficiently trainable text-to-speech system based on deep
        convolutional networks with guided attention, 2018.
    """

    def __init__(self, width=0.2, name="guided_attention", **kwargs):
        super().__init__(name=name, **kwargs)
        self.width = width

    def call(self, y_true, y_pred):
        steps, frames = ops.shape(y_pred)[1], ops.shape(y_pred)[2]
        true_steps = y_true[:, 0, None]
        step = ops.arange(steps, dtype="float32")[None]  # (1, steps)
        frame = ops.arange(frames, dtype="float32")[None]
        true_frames = y_true[:, 1, None] * ops.cast(frames, "float32")
        distance = (step / true_steps)[:, :, None] - (frame / true_frames)[:, None]
        penalty = 1 - ops.exp(-ops.square(distance) / (2 * self.width**2))
        real = ops.cast(step < true_steps, "float32")  # (batch, steps)
        cost = ops.sum(ops.cast(y_pred, "float32") * penalty, -1) * real
        return ops.sum(cost, -1) / true_steps[:, 0]

    def get_config(self):
        return {**super().get_config(), "width": self.width}


@keras.saving.register_keras_serializable(package="satn_keras")
class TokenAccuracy(keras.metrics.Mean):
    """Share of true tokens that teacher forcing predicts.

    It says little of free running: a decoder that knows the language alone gets
    most tokens right. Judge a teacher by its phoneme error rate.
    """

    def __init__(self, name="accuracy", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        del sample_weight  # every token counts once
        hit = ops.equal(ops.cast(y_true, "int32"), ops.argmax(y_pred, axis=-1))
        real = ops.not_equal(y_true, 0)
        # Flat, or Keras would weigh each batch by its padded length.
        super().update_state(ops.reshape(hit, (-1,)), ops.reshape(real, (-1,)))


def _not_empty(batch):
    """The batch, or one row of zeros where it has none."""
    rows, *rest = ops.shape(batch)
    if isinstance(rows, int) and rows:
        return batch
    missing = ops.maximum(1 - rows, 0)
    return ops.concatenate([batch, ops.zeros((missing, *rest), batch.dtype)])

"""Mean recall over classes as a streaming metric."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class UnweightedAccuracy(keras.metrics.Metric):
    r"""Unweighted accuracy: recall of each class, averaged over the classes present.

    $$UA = \frac{1}{|P|}\sum_{k \in P} \frac{c_k}{n_k}, \qquad
    P = \{k : n_k > 0\}$$

    n_k counts the utterances of class k, c_k those of them recognised. Both
    are kept as counts and summed over batches and replicas before the division,
    so the score does not depend on how the utterances were batched.

    Args:
        num_classes: number of classes K, at least 2.
        name: name in logs; "ua" is what epoch selection looks for.
        dtype: float type of the counts.

    Call arguments:
        y_true: (batch,) or (batch, 1), class numbers; or (batch, K), one-hot. A
            number outside 0 ... K - 1 belongs to no class and is not counted.
        y_pred: (batch, K), posteriors or logits.
        sample_weight: (batch,) or (batch, 1), what each utterance counts.

    Returns:
        Scalar in [0, 1]; 0 before the first utterance.

    Raises:
        ValueError: if `num_classes` is below 2, or if the last axis of `y_pred`
            is not `num_classes` long.

    Example:
        >>> metric = UnweightedAccuracy(num_classes=2)
        >>> metric.update_state([0, 0, 0, 1], [[0.9, 0.1]] * 4)
        >>> float(metric.result())
        0.5

    References:
        Schuller et al., The INTERSPEECH 2009 Emotion Challenge: unweighted
        average recall.
    """

    def __init__(self, num_classes, name="ua", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if num_classes < 2:
            raise ValueError(
                "`num_classes` must be at least 2. "
                f"Received: num_classes={num_classes}."
            )
        self.num_classes = num_classes
        self._direction = "up"  # a callback with mode "auto" maximises it
        self.correct = self.add_variable(
            shape=(num_classes,), initializer="zeros", name="correct"
        )
        self.support = self.add_variable(
            shape=(num_classes,), initializer="zeros", name="support"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.convert_to_tensor(y_pred)
        if y_pred.shape[-1] not in (None, self.num_classes):
            raise ValueError(
                f"The last axis of `y_pred` must hold num_classes={self.num_classes} "
                f"posteriors. Received: y_pred.shape={tuple(y_pred.shape)}."
            )
        truth = self._one_hot_truth(ops.convert_to_tensor(y_true))  # (batch, classes)
        if sample_weight is not None:
            weight = ops.cast(ops.convert_to_tensor(sample_weight), self.dtype)
            truth = truth * ops.reshape(weight, (-1, 1))
        guess = ops.one_hot(
            ops.argmax(y_pred, axis=-1), self.num_classes, dtype=self.dtype
        )
        self.support.assign_add(ops.sum(truth, axis=0))  # (classes,)
        self.correct.assign_add(ops.sum(truth * guess, axis=0))

    def result(self):
        present = ops.cast(self.support > 0, self.dtype)
        recall = ops.divide_no_nan(self.correct, self.support)
        return ops.divide_no_nan(ops.sum(recall), ops.sum(present))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}

    def _one_hot_truth(self, y_true):
        if len(y_true.shape) == 2 and y_true.shape[-1] == self.num_classes:
            labels = ops.argmax(y_true, axis=-1)
        else:
            labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        return ops.one_hot(labels, self.num_classes, dtype=self.dtype)

"""Moving average of the weights in the place of the weights, where they are judged."""

from __future__ import annotations

import keras


class AveragedWeights(keras.callbacks.Callback):
    """Has the averaged weights judged and kept, and the others trained on.

    The averages are the optimizer's, so that a backup holds them. From the beginning
    of the validation until `take_out` they are in the model, and the weights of the
    last step where the averages were: the exchange is exact, which that of
    `keras.callbacks.SwapEMAWeights` is not, so that a training goes on as if nobody
    had looked. Comes before all that looks at an epoch's weights, and `take_out`
    after it.
    """

    def __init__(self):
        super().__init__()
        self._are_in = False

    def on_test_begin(self, logs=None):
        self._put_in()

    def on_epoch_end(self, epoch, logs=None):
        self._put_in()  # where there was no validation

    def take_out(self, *_) -> None:
        """Put the weights of the last step back."""
        if self._are_in:
            self._swap()

    def _put_in(self):
        if not self._are_in:
            self._swap()

    def _swap(self):
        optimizer = self.model.optimizer
        # What scales a loss has the optimizer inside.
        getattr(optimizer, "inner_optimizer", optimizer).swap_averages()
        self._are_in = not self._are_in


def judging_averages(callbacks, momentum: float | None) -> list:
    """The callbacks, which see averaged weights where there is a momentum."""
    if momentum is None:
        return list(callbacks)
    averaged = AveragedWeights()
    back = keras.callbacks.LambdaCallback(on_epoch_end=averaged.take_out)
    return [averaged, *callbacks, back]

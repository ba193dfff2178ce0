"""Transfer weight that changes from epoch to epoch."""

import math

import keras


def annealed_share(annealing: str, direction: str, epochs: int, epoch: int) -> float:
    r"""Share of the transfer weight that counts in an epoch.

    With $x = \min(e / E, 1)$ the share that falls is $1 - x$ ("linear") or
    $(1 + \cos \pi x) / 2$ ("cosine"); the one that rises is 1 less that.

    Args:
        annealing: "linear" or "cosine".
        direction: "down" or "up".
        epochs: E, after which the share is 0, or 1, to the end.
        epoch: e, from 0.

    Example:
        >>> [annealed_share("linear", "down", 4, epoch) for epoch in (0, 1, 4, 9)]
        [1.0, 0.75, 0.0, 0.0]
    """
    done = min(epoch / epochs, 1.0)
    falling = 1 - done if annealing == "linear" else (1 + math.cos(math.pi * done)) / 2
    return falling if direction == "down" else 1 - falling


def add_share(model: keras.Model) -> keras.Variable:
    """Variable of `model` that holds the share of the present epoch, at first 1."""
    return model.add_weight(
        shape=(),
        initializer="ones",
        trainable=False,
        aggregation="only_first_replica",
        name="transfer_share",
    )


class Annealing(keras.callbacks.Callback):
    """Gives each epoch of an `AttentionTransfer` its share of the transfer weight.

    The share is a function of the epoch's number alone, so that a resumed training
    goes on as one that was not interrupted. The weight stands in the logs as
    "transfer_weight".

    Args:
        annealing: as `annealed_share` takes it.
        direction: likewise.
        epochs: likewise.
    """

    def __init__(self, annealing: str, direction: str, epochs: int):
        super().__init__()
        self.settings = annealing, direction, epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.model.transfer_share.assign(annealed_share(*self.settings, epoch))

    def on_epoch_end(self, epoch, logs=None):
        share = annealed_share(*self.settings, epoch)
        if logs is not None:
            logs["transfer_weight"] = self.model.weight * share

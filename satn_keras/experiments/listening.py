"""Free running of a speech recogniser over batches, as it would run in use."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np

from satn_keras.distribution import of_chief
from satn_keras.evaluation import error_rates
from satn_keras.phonemes import BOUNDARY


class Heard(NamedTuple):
    """What the teacher wrote for one utterance, and where it listened."""

    key: str
    reference: list[str]
    heard: list[str]
    alignment: np.ndarray  # (steps, memory frames)


def decode_batches(listen, batches, inventory):
    """Tokens and alignments (as a list) of every utterance of the batches.

    `listen` is a `tf.function` of a Transcriber, so that one trace serves batches of
    every shape; alignments of different widths keep `predict` from joining them.
    """
    tokens, alignments = [], []
    for inputs, *_ in batches:
        heard = listen({name: inputs[name] for name in ("features", "mask")})
        tokens += [inventory.decode(row) for row in heard["tokens"].numpy()]
        alignments += list(heard["alignment"].numpy())
    return tokens, alignments


class FreeRunning(keras.callbacks.Callback):
    """Adds `val_per`, the phoneme error rate of greedy free running, to the logs.

    Teacher forcing hides a decoder that never listens; this shows it.
    """

    def __init__(self, teacher, batches, references):
        super().__init__()
        self.teacher = teacher
        self.batches = batches
        self.references = references

    def on_epoch_end(self, epoch, logs=None):
        logs["val_per"] = of_chief(self._phoneme_error_rate)

    def _phoneme_error_rate(self):
        heard, _ = self.teacher.transcribe(self.batches)
        return error_rates(self.references, heard, BOUNDARY).per

"""Forced alignment of a part's utterances, as targets of the state network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class StateTargets:
    """State of every frame of every row of a store.

    Attributes:
        states: for each row (frames,), int, counted over all classes.
        weights: for each row how much its frames count.
    """

    states: list[np.ndarray]
    weights: np.ndarray

    @classmethod
    def of_classes(
        cls,
        paths: list[np.ndarray],
        labels: np.ndarray,
        num_states: int,
        class_weights: np.ndarray | None = None,
    ) -> StateTargets:
        """Targets of paths that count the states of each row's own class.

        Args:
            paths: (frames,) each, states from 0.
            labels: (rows,), class of each row.
            num_states: states of one class.
            class_weights: (classes,); 1 for every class when absent.
        """
        states = [
            path + label * num_states for path, label in zip(paths, labels, strict=True)
        ]
        weights = np.ones(len(labels))
        if class_weights is not None:
            weights = np.asarray(class_weights)[labels]
        return cls(states, weights)

    def counts(self, num_states_total: int) -> np.ndarray:
        """(states,), weighted number of frames of each state."""
        pairs = zip(self.states, self.weights, strict=True)
        return sum(
            weight * np.bincount(states, minlength=num_states_total)
            for states, weight in pairs
        )

    def for_batches(self) -> Callable:
        """What a `Batcher` asks of its targets: states, and weights of true frames.

        Both are (batch, frames); a padded frame has state 0 and weight 0.
        """
        states = tf.RaggedTensor.from_row_lengths(
            tf.constant(np.concatenate(self.states), "int32"),
            [len(row) for row in self.states],
        )
        row_weights = tf.constant(self.weights, "float32")

        def targets(rows, lengths, padded):
            own = tf.gather(states, rows).to_tensor()  # as long as the longest row
            weights = tf.sequence_mask(lengths, padded, tf.float32)
            return {}, own, weights * tf.gather(row_weights, rows)[:, tf.newaxis]

        return targets

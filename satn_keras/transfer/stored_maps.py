"""Teacher's maps that a batch brings along, so that the teacher need not be run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import tensorflow as tf
from keras import ops

from satn_keras.layers import AttentionMapTransfer

STORED = "teacher_map"  # input: (batch, frames, pairs), as `to_store` makes it
MISSING = "teacher_map_missing"  # input: (batch,), bool; none is when absent
STORABLE = ("none", "untrained", "shuffled")  # controls that hear each row by itself


class StoresMaps:
    """Mixin for a trainer with a `Comparison` in `_comparison`, or None.

    A frozen teacher makes the same map of the same utterance in every epoch. Batches
    with the input "teacher_map" bring it along; the teacher then hears those of their
    utterances alone that "teacher_map_missing" names.
    """

    @property
    def runs_teacher(self) -> bool:
        """Whether a step without stored maps runs a teacher."""
        return (
            self._comparison is not None and self._comparison.teacher.view is not None
        )

    @property
    def stores_maps(self) -> bool:
        """Whether the teacher's maps are one value a frame, of the row alone.

        Softmax maps are one for each pair of frames, and maps of other frames than
        the student's depend on how the batch is padded.
        """
        if not self.runs_teacher:
            return False
        compared = self._comparison
        own = compared.loss.map_distance.map == "activation"
        return own and not any(compared.loss.resampled) and self._hears_rows

    def maps_to_store(self, x: dict) -> tf.Tensor:
        """(batch, frames, pairs), float32, for the input "teacher_map" of a batch."""
        return self._comparison.teacher.to_store(x)

    @property
    def teacher_fingerprint(self) -> str:
        """Hash of the teacher's weights and of what a map is."""
        compared = self._comparison
        settings = compared.loss.get_config(), compared.pairs
        known = hashlib.sha256(repr(settings).encode())
        for variable in compared.teacher.view.variables:
            known.update(ops.convert_to_numpy(variable).tobytes())
        return known.hexdigest()

    @property
    def _hears_rows(self):
        return self._comparison.teacher.control in STORABLE


def to_store(maps: list, mask, layer: AttentionMapTransfer):
    r"""Activations of one channel whose map is that of many.

    $$a_t = Q_t^{1/p}$$

    so that $|a_t|^p$ is the map Q again, which normalising leaves alone.

    Args:
        maps: (batch, frames, channels) of each pair.
        mask: (batch, frames), bool; None where every frame is true.
        layer: of p and the norm.

    Returns:
        (batch, frames, pairs), float32.

    Example:
        >>> one, other = ops.ones((1, 2, 3)), ops.array([[[3.0], [1.0]]])
        >>> layer = AttentionMapTransfer(power=1.0)
        >>> ops.convert_to_numpy(to_store([one, other], None, layer))[0]
        array([[0.5 , 0.75],
               [0.5 , 0.25]], dtype=float32)
    """
    made = [layer.normalized_map(each, mask) for each in maps]
    return ops.power(ops.stack(made, axis=-1), 1.0 / layer.power)


def stored_maps(x: dict, hear: Callable[[dict], tf.Tensor]) -> list:
    """Teacher's maps of a batch, (batch, frames, 1) of each pair.

    Args:
        x: inputs, with "teacher_map".
        hear: `to_store` of what the teacher makes of inputs; called with the rows
            that are missing, where there are any.
    """
    maps = x[STORED]
    if MISSING in x:
        maps = _completed(maps, x, hear)
    return tf.split(maps, maps.shape[-1], axis=-1)


def _completed(maps, x, hear):
    rows = tf.where(x[MISSING])  # (missing, 1)

    def run():
        heard = hear({name: tf.gather_nd(value, rows) for name, value in x.items()})
        return tf.tensor_scatter_nd_update(maps, rows, heard)

    return tf.cond(tf.size(rows) > 0, run, lambda: maps)

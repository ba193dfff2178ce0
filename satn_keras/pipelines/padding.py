"""Few lengths to pad batches to, so that XLA compiles few shapes."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

MAX_LENGTHS = 8  # each costs XLA seconds to minutes, once


def length_grid(lengths: np.ndarray, most: int = MAX_LENGTHS) -> np.ndarray:
    """Lengths that the batches of a part of the data are padded to.

    The utterances in order of length are cut into `most` shares of the same total
    length, and the longest of each share is a length of the grid: the few long
    utterances of a corpus, which differ most, get most of it. The longest utterance
    is always its end, and a corpus cropped to one length has that length.

    Args:
        lengths: (utterances,), int, frames; after cropping, where there is any.
        most: lengths at most.

    Returns:
        (at most `most`,), int, ascending, none twice.

    Raises:
        ValueError: if `most` or a length is below 1, or there is no length.

    Example:
        >>> length_grid(np.array([10, 20, 30, 40, 100]), most=2)
        array([ 40, 100])
        >>> length_grid(np.minimum([250, 900, 400, 520], 300), most=3)
        array([300])
    """
    ordered = np.sort(np.asarray(lengths))
    if most < 1 or not len(ordered) or ordered[0] < 1:
        raise ValueError(
            "`lengths` must hold at least one length, `most` and every length must be "
            f"at least 1. Received: {len(ordered)} lengths"
            f"{f' from {ordered[0]}' if len(ordered) else ''}, most={most}."
        )
    total = np.cumsum(ordered)
    shares = total[-1] * np.arange(1, most) // most  # whole numbers, so exact
    longest = ordered[np.searchsorted(total, shares)]
    return np.unique([*longest, ordered[-1]])


def pad_frames(features: tf.Tensor, grid: np.ndarray) -> tf.Tensor:
    """Batch with zero frames behind, as many as bring it to a length of the grid.

    Args:
        features: (batch, frames, ...).
        grid: ascending; a batch beyond it keeps its length.

    Returns:
        (batch, frames of the grid, ...).

    Example:
        >>> pad_frames(tf.ones([2, 41, 5, 3]), np.array([40, 100])).shape
        TensorShape([2, 100, 5, 3])
    """
    frames = tf.shape(features)[1]
    grid = tf.constant(grid, tf.int32)
    place = tf.searchsorted(grid, frames[tf.newaxis])[0]
    wanted = tf.maximum(grid[tf.minimum(place, tf.size(grid) - 1)], frames)
    missing = [[0, 0], [0, wanted - frames], *[[0, 0]] * (features.shape.rank - 2)]
    return tf.pad(features, missing)

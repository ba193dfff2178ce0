"""Mixtures of two utterances, drawn by a seed for each."""

from __future__ import annotations

import tensorflow as tf


def draw_mixture(
    alpha: float, num_rows: int, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    r"""Row that is mixed into another one, and the share of the first.

    Args:
        alpha: of the symmetric Beta distribution of the share. Small values keep one
            of the two nearly whole, 1 draws every share alike.
        num_rows: of which one is drawn.
        seed: (2,), int; the same seed draws the same.

    Returns:
        Row, int64, and share in [0, 1], float32.

    References:
        Zhang et al., mixup: Beyond empirical risk minimization, 2018.
    """
    row = tf.random.stateless_uniform([], seed, 0, num_rows, tf.int64)
    # Beta(a, a) is the share of one of two Gamma(a) in their sum.
    parts = tf.random.stateless_gamma([2], seed + 1, alpha)
    return row, tf.math.divide_no_nan(parts[0], tf.reduce_sum(parts))


def mix(batch: tuple, other: tuple, shares: tf.Tensor) -> tuple:
    """Two batches mixed row by row.

    Where one utterance is longer, its tail goes on alone, by its own share.

    Args:
        batch: inputs `features` (batch, frames, bands, channels), zero where padded,
            `mask`, and perhaps others without frames, of shares; truth
            (batch, classes); and perhaps weights (batch,).
        other: likewise; its frames may be others.
        shares: (batch,), of `batch` in the mixture.

    Returns:
        As `batch`. A frame is true that is true in one of the two.
    """
    (inputs, *truths), (others, *other_truths) = batch, other
    frames = tf.maximum(*(tf.shape(each["mask"])[1] for each in (inputs, others)))
    mixed = {
        "features": _weigh(
            *(_lengthened(each["features"], frames) for each in (inputs, others)),
            shares,
        ),
        "mask": tf.logical_or(
            *(_lengthened(each["mask"], frames) for each in (inputs, others))
        ),
    }
    for name in inputs.keys() - mixed.keys():
        mixed[name] = _weigh(inputs[name], others[name], shares)
    both = zip(truths, other_truths, strict=True)
    return mixed, *(_weigh(one, two, shares) for one, two in both)


def _weigh(one, two, shares):
    shares = tf.reshape(shares, [-1] + [1] * (one.shape.rank - 1))
    return shares * one + (1 - shares) * two


def _lengthened(values, frames):
    missing = [[0, 0]] * values.shape.rank
    missing[1] = [0, frames - tf.shape(values)[1]]
    return tf.pad(values, missing)

"""Holm-Bonferroni: p-values of several comparisons, adjusted together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    r"""Adjusted p-values, in the given order.

    The k-th smallest of m p-values is multiplied by m - k + 1, and none is smaller
    than one before it. Calling those below 5 % significant then errs in at most 5 %
    of families of comparisons, however they depend on each other.

    Args:
        p_values: one a comparison, in [0, 1].

    Raises:
        ValueError: if a p-value lies outside [0, 1].

    Example:
        >>> [round(value, 3) for value in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    References:
        Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    values = np.asarray(p_values, dtype="float64")
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"`p_values` must be numbers in [0, 1]. Received: {list(p_values)}."
        )
    order = np.argsort(values)
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted.tolist()

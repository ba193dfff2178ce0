"""Rows of an epoch in which classes, or speakers, come equally often."""

from __future__ import annotations

import numpy as np

ROUNDS = 200  # of fitting shares to both sums; a third digit needs far fewer


def draw_balanced(strata: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many rows as there are, drawn so that the values of each column are even.

    Of a class that is too frequent some rows are left out, of a rare one each comes
    several times, all of them equally often but for the rest.

    Args:
        strata: (rows, columns), int: class, or speaker, or both, of each row.
        rng: of the draw.

    Returns:
        (rows,), int64, ordered by stratum.

    Example:
        >>> strata = np.array([[0], [0], [0], [1]])
        >>> rows = draw_balanced(strata, np.random.default_rng(1))
        >>> int((rows == 3).sum())
        2
    """
    cells, cell_of = np.unique(strata, axis=0, return_inverse=True)
    cell_of = cell_of.reshape(-1)
    drawn = []
    for cell, wanted in enumerate(_counts(even_shares(cells), len(strata), rng)):
        own = np.flatnonzero(cell_of == cell)
        rest = rng.permutation(own)[: wanted % len(own)]
        drawn += [np.repeat(own, wanted // len(own)), rest]
    return np.concatenate(drawn).astype("int64")


def even_shares(cells: np.ndarray) -> np.ndarray:
    """Share of each cell by which every value of every column has the same sum.

    By iterative proportional fitting from equal shares. Where cells are missing so
    that no shares can do it, those it ends with come near.

    Args:
        cells: (cells, columns), int, none twice.

    Returns:
        (cells,), summing to 1.

    Example:
        >>> cells = np.array([[0, 0], [0, 1], [1, 1], [1, 2], [2, 0], [2, 2], [2, 1]])
        >>> shares = even_shares(cells)
        >>> np.bincount(cells[:, 1], shares).round(3)
        array([0.333, 0.333, 0.333])

    References:
        Deming & Stephan, On a least squares adjustment of a sampled frequency table
        when the expected marginal totals are known, 1940.
    """
    shares = np.full(len(cells), 1 / len(cells))
    for _ in range(ROUNDS if cells.shape[1] > 1 else 1):
        for column in cells.T:
            _, value = np.unique(column, return_inverse=True)
            sums = np.bincount(value, shares)
            shares = shares / (sums * len(sums))[value]
    return shares


def occurrences(rows: np.ndarray) -> np.ndarray:
    """How often each row came before: (rows,), int.

    Example:
        >>> occurrences(np.array([5, 2, 5, 5, 2]))
        array([0, 0, 1, 2, 1])
    """
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    before = np.empty(len(rows), "int64")
    before[order] = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    return before


def _counts(shares, total, rng):
    """Whole numbers near the shares of a total, which they sum to."""
    wanted = shares * total
    counts = np.floor(wanted + 1e-9).astype("int64")
    # The largest rests are rounded up; among equal ones the draw decides.
    rests = np.round(wanted - counts, 6)
    order = np.lexsort((rng.random(len(shares)), -rests))
    counts[order[: total - counts.sum()]] += 1
    return counts

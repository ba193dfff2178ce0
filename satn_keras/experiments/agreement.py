"""How far voices agree on what a value says of a class."""

import numpy as np

_LEAST = 1e-6  # of a variance that values of variance one can differ by


def agreement(
    values: np.ndarray, classes: np.ndarray, voices: np.ndarray
) -> np.ndarray:
    """Variance between classes over that of what single voices add to a class.

    A two-way analysis of variance of cell means, voice by class: the variance of the
    classes' effects over that of the interaction of voice and class. A value that
    rises with anger in every voice has a large ratio; one that rises in half of the
    voices and falls in the others has one near zero, however much it tells of each.
    Effects are means of the cells in which somebody was heard: the analysis's own where
    every voice has every class, and near them where a cell is empty.

    Args:
        values: (vectors, values), of variance about one.
        classes: (vectors,), int.
        voices: (vectors,), int, who speaks; a speaker played faster is another.

    Returns:
        (values,), at least zero; ones where there is a single voice.

    Example:
        >>> values = np.array([[1, 1], [-1, -1], [0.8, -1], [-0.8, 1]])
        >>> rises_in_both, rises_in_one = agreement(values, [0, 1, 0, 1], [0, 0, 1, 1])
        >>> round(float(rises_in_both)), float(rises_in_one)
        (81, 0.0)
    """
    values, classes, voices = map(np.asarray, (values, classes, voices))
    shape = voices.max() + 1, classes.max() + 1
    counts = np.zeros(shape)
    np.add.at(counts, (voices, classes), 1)
    if np.count_nonzero(counts.sum(axis=1)) < 2:
        return np.ones(values.shape[1])
    cells = np.zeros((*shape, values.shape[1]))
    np.add.at(cells, (voices, classes), values)
    cells /= np.maximum(counts, 1)[..., np.newaxis]
    heard = (counts > 0)[..., np.newaxis]  # a voice may lack a class
    of_voice = _mean(cells, heard, axis=1)
    of_class = _mean(cells - of_voice, heard, axis=0)
    interaction = _mean((cells - of_voice - of_class) ** 2, heard, axis=(0, 1))
    between = _mean(of_class**2, heard.any(axis=0, keepdims=True), axis=(0, 1))
    return (between / (interaction + _LEAST)).ravel()


def _mean(cells, heard, axis):
    """Mean over the cells in which somebody was heard; dimensions are kept."""
    count = np.maximum(heard.sum(axis=axis, keepdims=True), 1)
    return np.where(heard, cells, 0.0).sum(axis=axis, keepdims=True) / count

"""How much too sure a judge of statistics is of speakers whom it never heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import log_softmax

_TRIED = np.geomspace(1.0, 1000.0, 301)  # steps of 2.3 per cent

Fit = Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]


def strangers_temperature(
    fit: Fit, labels: Sequence[int], speakers: Sequence[int], centred: bool = False
) -> float:
    """Temperature at which a judge's scores of strangers are likeliest.

    Each speaker is left out of the judge in turn, and heard by what the others fitted;
    one temperature then divides all scores so that the labels' mean log likelihood is
    the largest. Nobody but those who fit the judge is needed.

    Args:
        fit: from rows, (some,) int, to a function from rows to their scores, (rows,
            classes), logarithms up to one number in common.
        labels: (rows,), int.
        speakers: (rows,), whose each row is, at whatever speed.
        centred: whether posteriors are normalised by speaker afterwards.

    Returns:
        Above 1 where the judge is too sure, to 2 %. 1 where it is not, and of a single
        speaker, whom nobody can stand in for.

    References:
        Guo et al. 2017, On calibration of modern neural networks, section 4.2.
    """
    labels, speakers = np.asarray(labels), np.asarray(speakers)
    names = np.unique(speakers)
    if len(names) < 2:
        return 1.0
    logs = np.concatenate(
        [
            _scores_of(fit, np.flatnonzero(speakers == name), len(labels))
            for name in names
        ]
    )
    order = np.concatenate([np.flatnonzero(speakers == name) for name in names])
    if centred:
        logs = _centred(logs, speakers[order])
    picked = labels[order]

    costs = [
        -log_softmax(logs / each, axis=1)[np.arange(len(picked)), picked].mean()
        for each in _TRIED
    ]
    return float(_TRIED[np.argmin(costs)])


def _scores_of(fit, left_out, number):
    others = np.setdiff1d(np.arange(number), left_out)
    return log_softmax(fit(others)(left_out), axis=1)


def _centred(logs, speakers):
    """Every speaker's mean brought to that of all."""
    centre, moved = logs.mean(axis=0), logs.copy()
    for name in np.unique(speakers):
        moved[speakers == name] += centre - logs[speakers == name].mean(axis=0)
    return moved

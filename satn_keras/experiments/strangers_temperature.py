"""How much too sure a judge of statistics is of speakers whom it never heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import log_softmax

from satn_keras.experiments.posteriors_by_speaker import centred_logs

_TRIED = np.geomspace(1.0, 1000.0, 301)  # steps of 2.3 per cent
_MOST_PARTS = 10  # of the speakers; a judge is fitted for each

Fit = Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]


def strangers_temperature(
    fit: Fit,
    labels: Sequence[int],
    speakers: Sequence[int],
    relevance: float | None = None,
) -> float:
    """Temperature at which a judge's scores of strangers are likeliest.

    Each speaker is left out of the judge in turn, of more than ten a tenth at a time,
    and heard by what the others fitted; one temperature then divides all scores so that
    the labels' mean log likelihood is the largest. Nobody but those who fit the judge
    is needed. A label that none of the others has counts for nothing.

    Args:
        fit: from rows, (some,) int, to a function from rows to their scores, (rows,
            classes), logarithms up to one number in common.
        labels: (rows,), int.
        speakers: (rows,), whose each row is, at whatever speed.
        relevance: of `centred_by_speaker`, where posteriors are normalised by speaker
            afterwards; None where they are not.

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
    parts = np.array_split(names, min(len(names), _MOST_PARTS))
    left_out = [np.flatnonzero(np.isin(speakers, part)) for part in parts]
    logs = np.concatenate(
        [_scores_by_others(fit, rows, len(labels)) for rows in left_out]
    )
    if relevance is not None:
        said_by = speakers[np.concatenate(left_out)]
        logs = centred_logs(logs, said_by, logs.mean(axis=0), relevance=relevance)
    known = np.concatenate([_known_to_others(labels, rows) for rows in left_out])
    logs, picked = logs[known], labels[np.concatenate(left_out)][known]
    if not len(picked):
        return 1.0
    costs = [
        -log_softmax(logs / each, axis=1)[np.arange(len(picked)), picked].mean()
        for each in _TRIED
    ]
    return float(_TRIED[np.argmin(costs)])


def _scores_by_others(fit, left_out, num_rows):
    """Log posteriors of some rows by a judge that all others fitted."""
    others = np.setdiff1d(np.arange(num_rows), left_out)
    return log_softmax(fit(others)(left_out), axis=1)


def _known_to_others(labels, left_out):
    """Which of the rows have a label that a row of the others has."""
    return np.isin(labels[left_out], np.delete(labels, left_out))

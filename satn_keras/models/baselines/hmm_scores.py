"""Forward and Viterbi scores of hidden Markov models, in log space, by NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def forward_scores(
    log_emissions: np.ndarray,
    log_start: np.ndarray,
    log_transitions: np.ndarray,
    lengths: np.ndarray | None = None,
) -> np.ndarray:
    r"""Log likelihood of sequences: the sum over every path of states.

    $$\alpha_1(j) = \pi_j b_j(x_1), \qquad
      \alpha_t(j) = b_j(x_t) \sum_i \alpha_{t-1}(i)\,a_{ij}, \qquad
      p(x) = \sum_j \alpha_T(j)$$

    A path may end in any state. Only frames are counted one by one; utterances,
    models and states go together.

    Args:
        log_emissions: (batch, frames, ..., states), $\log b_j(x_t)$; the axes between
            are of models, the same in all arguments.
        log_start: (..., states), $\log \pi_j$.
        log_transitions: (..., states, states), $\log a_{ij}$, from and to; -inf where
            there is no way.
        lengths: (batch,), true frames of each sequence, at least 1; all when None.

    Returns:
        (batch, ...), float64.

    Raises:
        ValueError: if shapes do not fit, or a sequence has no frame.

    Example:
        >>> emissions = np.log([[[0.5, 0.1], [0.2, 0.4]]])
        >>> with np.errstate(divide="ignore"):
        ...     start, steps = np.log([1.0, 0.0]), np.log([[0.5, 0.5], [0.0, 1.0]])
        >>> np.exp(forward_scores(emissions, start, steps)).round(3)  # 0.5 (0.1 + 0.2)
        array([0.15])

    References:
        Rabiner, A Tutorial on Hidden Markov Models, Proc. IEEE 1989, equations 19-21.
    """
    lengths = _checked(log_emissions, log_start, log_transitions, lengths)
    score = log_start + log_emissions[:, 0]  # (batch, ..., states)
    for frame in range(1, log_emissions.shape[1]):
        ways = score[..., :, None] + log_transitions  # (batch, ..., from, to)
        moved = np.logaddexp.reduce(ways, axis=-2) + log_emissions[:, frame]
        score = np.where(_beside(frame < lengths, score), moved, score)
    return np.logaddexp.reduce(score, axis=-1)


def viterbi_scores(
    log_emissions: np.ndarray,
    log_start: np.ndarray,
    log_transitions: np.ndarray,
    lengths: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Log probability of the best path of states, and the path.

    Args:
        log_emissions: as for `forward_scores`.
        log_start: as for `forward_scores`.
        log_transitions: as for `forward_scores`.
        lengths: as for `forward_scores`.

    Returns:
        Scores (batch, ...), float64, and paths (batch, frames, ...), int, which are
        -1 past a sequence's last frame. Of equal paths the one of lower states wins.

    Raises:
        ValueError: as `forward_scores`.

    Example:
        >>> emissions = np.log([[[0.5, 0.1], [0.2, 0.4]]])
        >>> with np.errstate(divide="ignore"):
        ...     start, steps = np.log([1.0, 0.0]), np.log([[0.5, 0.5], [0.0, 1.0]])
        >>> score, path = viterbi_scores(emissions, start, steps)
        >>> np.exp(score).round(3), path
        (array([0.1]), array([[0, 1]]))
    """
    lengths = _checked(log_emissions, log_start, log_transitions, lengths)
    score = log_start + log_emissions[:, 0]  # (batch, ..., states)
    stay = np.broadcast_to(np.arange(score.shape[-1]), score.shape)
    origins = []  # of each frame but the first: (batch, ..., states)
    for frame in range(1, log_emissions.shape[1]):
        ways = score[..., :, None] + log_transitions  # (batch, ..., from, to)
        is_true = _beside(frame < lengths, score)
        origins.append(np.where(is_true, ways.argmax(axis=-2), stay))
        moved = ways.max(axis=-2) + log_emissions[:, frame]
        score = np.where(is_true, moved, score)
    paths = _trace_back(score.argmax(axis=-1), origins)  # (batch, frames, ...)
    frames = np.arange(log_emissions.shape[1])
    is_true = _beside(frames < lengths[:, None], paths)
    return score.max(axis=-1), np.where(is_true, paths, -1)


def score_sequences(
    sequences: Sequence[np.ndarray],
    log_start: np.ndarray,
    log_transitions: np.ndarray,
    batch_size: int = 64,
) -> np.ndarray:
    """Forward scores of sequences of any length, in batches of like length.

    Args:
        sequences: log emissions, each (frames, ..., states).
        log_start: (..., states).
        log_transitions: (..., states, states).
        batch_size: sequences scored together.

    Returns:
        (sequences, ...), float64, in the order of `sequences`.
    """
    scores = np.empty((len(sequences), *np.shape(log_start)[:-1]))
    for rows, padded, lengths in _batches(sequences, batch_size):
        scores[rows] = forward_scores(padded, log_start, log_transitions, lengths)
    return scores


def best_paths(
    sequences: Sequence[np.ndarray],
    log_start: np.ndarray,
    log_transitions: np.ndarray,
    batch_size: int = 64,
) -> list[np.ndarray]:
    """Viterbi paths of sequences of any length, in batches of like length.

    Args:
        sequences: log emissions, each (frames, ..., states).
        log_start: (..., states).
        log_transitions: (..., states, states).
        batch_size: sequences decoded together.

    Returns:
        States (frames, ...) of each sequence, in the order of `sequences`.
    """
    paths = [None] * len(sequences)
    for rows, padded, lengths in _batches(sequences, batch_size):
        _, found = viterbi_scores(padded, log_start, log_transitions, lengths)
        for row, path, length in zip(rows, found, lengths, strict=True):
            paths[row] = path[:length]
    return paths


def _trace_back(last, origins):
    """States of the best path from its last one: (batch, frames, ...)."""
    states = [last]
    for origin in reversed(origins):
        before = np.take_along_axis(origin, states[-1][..., None], axis=-1)
        states.append(before[..., 0])
    return np.stack(states[::-1], axis=1)


def _batches(sequences, batch_size):
    """Rows, emissions (batch, frames, ..., states) and lengths of like sequences."""
    lengths = np.array([len(sequence) for sequence in sequences])
    order = np.argsort(lengths, kind="stable")
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        longest = sequences[rows[-1]]
        padded = np.zeros((len(rows), *longest.shape))
        for place, row in enumerate(rows):
            padded[place, : lengths[row]] = sequences[row]
        yield rows, padded, lengths[rows]


def _beside(condition, values):
    """Condition on the leading axes, made to broadcast with `values`."""
    return condition.reshape(condition.shape + (1,) * (values.ndim - condition.ndim))


def _checked(log_emissions, log_start, log_transitions, lengths):
    batch, frames, *models = np.shape(log_emissions)
    states = models[-1:]
    if np.shape(log_start) != (*models,) or np.shape(log_transitions) != (
        *models,
        *states,
    ):
        raise ValueError(
            "`log_start` must be (..., states) and `log_transitions` (..., states, "
            "states) of emissions (batch, frames, ..., states). Received: "
            f"{np.shape(log_start)}, {np.shape(log_transitions)} and "
            f"{np.shape(log_emissions)}."
        )
    lengths = np.full(batch, frames) if lengths is None else np.asarray(lengths)
    if lengths.shape != (batch,) or (lengths < 1).any() or (lengths > frames).any():
        raise ValueError(
            f"`lengths` must be one number from 1 to {frames} for each of {batch} "
            f"sequences. Received: {lengths.tolist()}."
        )
    return lengths

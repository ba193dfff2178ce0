"""Left-to-right hidden Markov model of Gaussian mixtures, as it is before training."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FRAMES_A_COMPONENT = 10  # at the start; a state of fewer frames has fewer components
FLOOR = 0.01  # of the variance of all frames, as HTK's HCompV -f 0.01


class MixtureHmm(NamedTuple):
    """Parameters of one model, plain arrays.

    A component of weight 0 is not there: a state with little data has fewer.
    """

    start: np.ndarray  # (states,)
    transitions: np.ndarray  # (states, states), from and to
    weights: np.ndarray  # (states, components)
    means: np.ndarray  # (states, components, dims)
    variances: np.ndarray  # (states, components, dims)


def equal_division(num_frames: int, num_states: int) -> np.ndarray:
    """State of each frame where every state lasts as long as the others.

    Example:
        >>> equal_division(7, 3)
        array([0, 0, 0, 1, 1, 2, 2])
    """
    return np.arange(num_frames) * num_states // num_frames


def variance_floor(sequences: Sequence[np.ndarray]) -> np.ndarray:
    """(dims,): the least variance that a component may have.

    One hundredth of the variance of all frames; above 0 for a constant dimension.
    """
    return np.maximum(FLOOR * np.concatenate(sequences).var(axis=0), 1e-6)


def flat_start(
    sequences: Sequence[np.ndarray],
    num_states: int,
    num_mixtures: int,
    floor: np.ndarray,
    seed: int,
) -> MixtureHmm:
    """Model before training: equal division into states, k-means in each.

    A path starts in the first state, stays or goes on to the next one, and never
    goes back or skips.

    Args:
        sequences: (frames, dims) each.
        num_states: emitting states.
        num_mixtures: most components a state.
        floor: (dims,), least variance.
        seed: of k-means.
    """
    frames = np.concatenate(sequences).astype("float64")
    states = np.concatenate([equal_division(len(s), num_states) for s in sequences])
    mixtures = []
    for state in range(num_states):
        own = frames[states == state]
        own = own if len(own) else frames  # every utterance is shorter than the model
        mixtures.append(_clusters(own, num_mixtures, floor, seed + state))
    weights, means, variances = (np.stack(each) for each in zip(*mixtures, strict=True))
    # A state lasts d frames on average where it is left with probability 1 / d.
    leave = min(num_states * len(sequences) / len(frames), 0.5)
    transitions = (1 - leave) * np.eye(num_states) + leave * np.eye(num_states, k=1)
    transitions[-1, -1] = 1.0
    return MixtureHmm(np.eye(num_states)[0], transitions, weights, means, variances)


def _clusters(frames, num_mixtures, floor, seed):
    """Weights, means and variances of k-means clusters; absent ones weigh 0."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    count = int(np.clip(len(frames) // FRAMES_A_COMPONENT, 1, num_mixtures))
    with warnings.catch_warnings():
        # Digital silence has fewer distinct frames than clusters are asked for.
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = KMeans(count, n_init=1, random_state=seed).fit_predict(frames)
    weights = np.bincount(labels, minlength=num_mixtures) / len(frames)
    means = np.tile(frames.mean(axis=0), (num_mixtures, 1))
    variances = np.tile(frames.var(axis=0), (num_mixtures, 1))
    for label in np.unique(labels):
        own = frames[labels == label]
        means[label] = own.mean(axis=0)
        variances[label] = own.var(axis=0)
    return weights, means, np.maximum(variances, floor)

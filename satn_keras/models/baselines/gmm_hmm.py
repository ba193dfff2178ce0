"""One left-to-right hidden Markov model of Gaussian mixtures for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from satn_keras.models.baselines.baum_welch import baum_welch
from satn_keras.models.baselines.gaussian_mixtures import log_mixtures
from satn_keras.models.baselines.hmm_scores import best_paths, score_sequences
from satn_keras.models.baselines.mixture_hmm import (
    MixtureHmm,
    flat_start,
    variance_floor,
)

# The arrays are small: a second thread takes longer to wake than to help, many times
# so where processors are shared. Sums then do not depend on the number of processors.
_one_thread = threadpool_limits.wrap(limits=1)


class GmmHmmClassifier:
    """HMM baseline: the class whose model makes the sequence most likely.

    Every class has a model of its own, which starts in its first state, and stays
    in a state or goes on to the next one at each frame. A state's frames are drawn
    from a mixture of Gaussians with diagonal covariance. Models start flat (equal
    division of each sequence into the states, k-means in each state) and are trained
    by hmmlearn (Baum-Welch). With little data a state has fewer components, and no
    variance falls below a hundredth of that of all frames.

    Args:
        num_states: emitting states of each model.
        num_mixtures: most components of a state.
        iterations: of training, at most.
        seed: of k-means.

    Attributes:
        models: the classes' `MixtureHmm`, each array with an axis of classes before
            its own; None before training.

    Raises:
        ValueError: if a number is below 1.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> low, high = ([rng.normal(mean, size=(20, 2)) for _ in range(5)]
        ...              for mean in (-1, 1))
        >>> classifier = GmmHmmClassifier(num_states=2, num_mixtures=1)
        >>> classifier.fit([low, high]).log_likelihoods(high).argmax(axis=1)
        array([1, 1, 1, 1, 1])

    References:
        Rabiner, A Tutorial on Hidden Markov Models, Proc. IEEE 1989.
        Young et al., The HTK Book (3.4): flat start, variance floor.
    """

    def __init__(
        self,
        num_states: int = 5,
        num_mixtures: int = 8,
        iterations: int = 20,
        seed: int = 0,
    ):
        if min(num_states, num_mixtures, iterations) < 1:
            raise ValueError(
                "`num_states`, `num_mixtures` and `iterations` must be at least 1. "
                f"Received: {num_states}, {num_mixtures} and {iterations}."
            )
        self.num_states = num_states
        self.num_mixtures = num_mixtures
        self.iterations = iterations
        self.seed = seed
        self.models: MixtureHmm | None = None

    @_one_thread
    def fit(self, sequences: Sequence[Sequence[np.ndarray]]) -> GmmHmmClassifier:
        """Classifier trained on each class's sequences.

        Args:
            sequences: for each class its sequences, (frames, dims) each.

        Raises:
            ImportError: if hmmlearn is not installed.
            ValueError: if a class has no sequence, or a sequence no frame.
        """
        for number, own in enumerate(sequences):
            if not own or not all(len(sequence) for sequence in own):
                raise ValueError(
                    "Every class needs at least one sequence, and every sequence at "
                    f"least one frame. Received: class {number} with frames "
                    f"{[len(sequence) for sequence in own]}."
                )
        floor = variance_floor([each for own in sequences for each in own])
        models = [self._fit_one(own, floor) for own in sequences]
        self.models = MixtureHmm(
            *(np.stack(each) for each in zip(*models, strict=True))
        )
        return self

    @_one_thread
    def log_likelihoods(self, sequences: Sequence[np.ndarray]) -> np.ndarray:
        """(sequences, classes), float64: log p(sequence | class), over all paths.

        Args:
            sequences: (frames, dims) each.
        """
        emissions = [self._log_emissions(sequence) for sequence in sequences]
        return score_sequences(emissions, *self.log_chain)

    @_one_thread
    def align(
        self, sequences: Sequence[np.ndarray], labels: Sequence[int]
    ) -> list[np.ndarray]:
        """State, from 0, of each frame on the best path of the sequence's own class.

        Args:
            sequences: (frames, dims) each.
            labels: class of each sequence.
        """
        log_start, log_transitions = self.log_chain
        paths = [None] * len(sequences)
        for label in np.unique(labels):
            rows = np.flatnonzero(np.equal(labels, label))
            own = [self._log_emissions(sequences[row], label) for row in rows]
            found = best_paths(own, log_start[label], log_transitions[label])
            for row, path in zip(rows, found, strict=True):
                paths[row] = path
        return paths

    @property
    def log_chain(self) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of start (classes, states) and transitions (.., from, to)."""
        with np.errstate(divide="ignore"):
            return np.log(self.models.start), np.log(self.models.transitions)

    @property
    def num_parameters(self) -> int:
        """Free numbers: of each state how long it lasts, and of its components.

        A component has a mean and a variance in each dimension, and a weight; the
        weights of a state sum to 1. The last state of a model is never left.
        """
        classes, states, _, dims = self.models.means.shape
        components = np.count_nonzero(self.models.weights)
        weights = components - classes * states
        return int(classes * (states - 1) + weights + 2 * dims * components)

    def arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays that `from_arrays` makes an equal classifier of."""
        return self.models._asdict()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> GmmHmmClassifier:
        """Trained classifier of the arrays that `arrays` gave.

        Raises:
            KeyError: if an array is missing.
        """
        models = MixtureHmm(**{name: arrays[name] for name in MixtureHmm._fields})
        classifier = cls(*models.weights.shape[1:])
        classifier.models = models
        return classifier

    def _fit_one(self, sequences, floor):
        start = flat_start(
            sequences, self.num_states, self.num_mixtures, floor, self.seed
        )
        return baum_welch(start, sequences, self.iterations, floor)

    def _log_emissions(self, sequence, label=slice(None)):
        """(frames, classes, states), or (frames, states) of one class."""
        _, _, *mixtures = self.models
        return log_mixtures(sequence, *(each[label] for each in mixtures))

"""Training of a hidden Markov model of Gaussian mixtures, by hmmlearn."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from satn_keras.models.baselines.gaussian_mixtures import log_components, log_mixtures
from satn_keras.models.baselines.mixture_hmm import MixtureHmm

FEWEST_FRAMES = 3.0  # that a component must account for, or it is dropped


def baum_welch(
    model: MixtureHmm,
    sequences: Sequence[np.ndarray],
    iterations: int,
    floor: np.ndarray,
    gain: float = 1e-4,
) -> MixtureHmm:
    """Model after expectation maximisation by hmmlearn's `GMMHMM`.

    Transitions of probability 0 stay 0. A component that accounts for fewer than
    `FEWEST_FRAMES` frames is dropped. Training ends after `iterations`, or when the
    log likelihood gains less than `gain` a frame.

    Args:
        model: where it starts.
        sequences: (frames, dims) each.
        iterations: at most.
        floor: (dims,), least variance.
        gain: in log likelihood a frame, below which training has converged.

    Raises:
        ImportError: if hmmlearn is not installed.
    """
    hmmlearn = _hmmlearn()
    lengths = [len(sequence) for sequence in sequences]
    num_states, num_mixtures = model.weights.shape
    learner = _learner(hmmlearn)(num_states, num_mixtures, init_params="")
    learner.floor = floor
    learner.startprob_, learner.transmat_ = model.start, model.transitions
    learner.weights_, learner.means_ = model.weights, model.means
    learner.covars_ = model.variances
    tolerance = gain * sum(lengths)
    learner.monitor_ = _monitor(hmmlearn)(tolerance, iterations, verbose=False)
    learner.n_iter = iterations
    learner.fit(np.concatenate(sequences).astype("float64"), lengths)
    return MixtureHmm(
        learner.startprob_,
        learner.transmat_,
        learner.weights_,
        learner.means_,
        learner.covars_,
    )


def _hmmlearn():
    try:
        import hmmlearn.base
        import hmmlearn.hmm
    except ImportError as error:
        raise ImportError(
            "A GMM-HMM needs hmmlearn, which is not installed. Install it with: "
            "pip install 'satn-keras[baselines]'"
        ) from error
    return hmmlearn


@functools.cache
def _monitor(hmmlearn):
    class Monitor(hmmlearn.base.ConvergenceMonitor):
        """Monitor that doesn't warn of losses: floors and dropping cost likelihood."""

        def report(self, log_prob):
            self.history.append(log_prob)
            self.iter += 1

    return Monitor


@functools.cache
def _learner(hmmlearn):
    class Learner(hmmlearn.hmm.GMMHMM):
        """GMMHMM with densities by matrix products, a start given and a floor.

        hmmlearn takes the squared distance of each frame to each component apart in
        an array of (frames, states, components, dims); its k-means, whose result a
        given start would not use, takes longer still. What is computed is the same,
        but for the floor and for components that are dropped.
        """

        floor = 0.0

        # The names of arguments are hmmlearn's, which may call by them.
        def _init(self, X, lengths=None):  # noqa: N803
            self._check_and_set_n_features(X)

        def _compute_log_likelihood(self, X):  # noqa: N803
            return log_mixtures(X, self.weights_, self.means_, self.covars_)

        def _accumulate_sufficient_statistics(
            self, stats, frames, lattice, posteriors, *recursions
        ):
            # Past GMMHMM, whose own statistics are the slow ones.
            hmmlearn.base.BaseHMM._accumulate_sufficient_statistics(
                self, stats, frames, lattice, posteriors, *recursions
            )
            logs = log_components(frames, self.weights_, self.means_, self.covars_)
            shares = np.exp(logs - lattice[..., None]) * posteriors[..., None]
            stats["post_mix_sum"] += (counts := shares.sum(axis=0))
            stats["post_sum"] += posteriors.sum(axis=0)
            flat = shares.reshape(len(frames), -1).T  # (states * components, frames)
            sums = (flat @ frames).reshape(self.means_.shape)
            squares = (flat @ np.square(frames)).reshape(self.means_.shape)
            stats["m_n"] += sums
            counts = counts[..., None]
            stats["c_n"] += squares - self.means_ * (2 * sums - self.means_ * counts)

        def _do_mstep(self, stats):
            before = MixtureHmm(
                None, self.transmat_, self.weights_, self.means_, self.covars_
            )
            with np.errstate(divide="ignore", invalid="ignore"):
                super()._do_mstep(stats)
            self._keep_what_was_not_seen(before, stats)
            self.covars_ = np.maximum(self.covars_, self.floor)

        def _keep_what_was_not_seen(self, before, stats):
            left = self.transmat_.sum(axis=1, keepdims=True) > 0
            self.transmat_ = np.where(left, self.transmat_, before.transitions)
            seen = stats["post_mix_sum"] >= FEWEST_FRAMES  # (states, components)
            self.means_ = np.where(seen[..., None], self.means_, before.means)
            self.covars_ = np.where(seen[..., None], self.covars_, before.variances)
            weights = np.where(seen, stats["post_mix_sum"], 0.0)
            totals = weights.sum(axis=1, keepdims=True)
            self.weights_ = np.where(
                totals > 0, weights / np.maximum(totals, 1e-300), before.weights
            )

    return Learner

"""Likelihoods of classes by a state network within hidden Markov models."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.distribution import outputs_alone
from satn_keras.models.baselines.dnn_hmm import log_emissions
from satn_keras.models.baselines.hmm_scores import score_sequences
from satn_keras.pipelines import Batcher

ARRAYS = ("priors", "transitions")
BATCH_SIZE = 32  # utterances; decides speed alone


@dataclasses.dataclass(frozen=True)
class StateScorer:
    """State network, and the chains that its states form.

    Attributes:
        network: made by `build_state_network`.
        priors: (states of all classes,), their shares of the training part.
        transitions: (classes, states, states), from and to; each chain starts in its
            first state.
    """

    network: keras.Model
    priors: np.ndarray
    transitions: np.ndarray

    def log_likelihoods(self, batcher: Batcher) -> tuple[np.ndarray, np.ndarray]:
        """Of each utterance (utterances, classes), and its frames (utterances,).

        Likelihoods up to a factor that is the same for all classes.
        """
        batches, order = batcher.evaluation(BATCH_SIZE)
        emissions = [None] * len(order)
        rows, outputs = iter(order), outputs_alone(self.network)
        for inputs, *_ in batches:
            posteriors = outputs(inputs)
            for frames, mask in zip(posteriors, inputs["mask"].numpy(), strict=True):
                emissions[next(rows)] = log_emissions(
                    frames[mask], self.priors, len(self.transitions)
                )
        with np.errstate(divide="ignore"):
            log_start = np.log(np.eye(self.transitions.shape[-1])[0])
            log_transitions = np.log(self.transitions)
        log_start = np.broadcast_to(log_start, log_transitions.shape[:-1])
        scores = score_sequences(emissions, log_start, log_transitions)
        return scores, np.array([len(each) for each in emissions])

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything but the network, by the names in `ARRAYS`."""
        return {name: getattr(self, name) for name in ARRAYS}

    @property
    def num_parameters(self) -> int:
        """Network's weights, the priors' free numbers and the states' durations."""
        classes, states, _ = self.transitions.shape
        durations = classes * (states - 1)
        return self.network.count_params() + len(self.priors) - 1 + durations

"""RNN-ELM: frame posteriors with a class Null, their statistics, an ELM."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import outputs_alone
from satn_keras.experiments.features import statistics_by_speaker
from satn_keras.experiments.systems.frame_cues import voicing_of
from satn_keras.experiments.systems.network_elm import NetworkElm
from satn_keras.models import (
    NullClassLoss,
    build_sequence_network,
    utterance_statistics,
)
from satn_keras.pipelines import Batcher, FeatureStore, VoicedFrames, voiced_targets


@dataclasses.dataclass(frozen=True)
class RnnElmSystem(NetworkElm):
    """Emotion recogniser of Lee and Tashev, Interspeech 2015.

    From the paper: 32 values a frame; two BLSTM layers of 64 cells each way; the
    emotions and a class Null, trained by the total probability of Null - emotion -
    Null in each voiced segment, see `NullClassLoss`; statistics of the outputs; an
    ELM with an RBF kernel.

    Choices where the paper is silent: a frame is voiced where the pitch tracker's
    probability is above `voicing_threshold` (that of openSMILE's IS09 set falls with
    the pitch, to 0.33 for a voiced 100 Hz, and is 0.18 for noise); the statistics
    are the four of Han et al. 2014, of each emotion's posterior over the voiced
    frames, whose emotion alone the training names; an utterance without a voiced
    segment counts as voiced throughout; the optimiser and its settings, those of
    `student_training`; how the epoch is chosen, see `NetworkElm`; the posterior,
    see `ElmStage`. Utterances are never cropped, so `segment_frames` of
    `student_training` has no meaning here.

    References:
        Lee & Tashev, High-level feature representation using recurrent neural
        network for speech emotion recognition, Interspeech 2015.
    """

    @classmethod
    def make_part(cls, store, labels, front_end, config, class_weights=None):
        voiced = VoicedFrames.of(
            store, voicing_of(config.features), config.system.voicing_threshold
        )
        batcher = Batcher(
            store,
            front_end,
            voiced_targets(labels, voiced, store.repeats, class_weights),
            statistics_by_speaker(store, front_end),
        )
        return SequencePart(batcher, labels, config)

    @classmethod
    def make_network(cls, num_classes, front_end, config):
        return build_sequence_network(
            num_classes,
            config.system,
            bands=front_end.num_bands,
            channels=front_end.num_channels,
            seed=config.seed,
        )

    @classmethod
    def make_loss(cls):
        return NullClassLoss()

    @classmethod
    def check(cls, config):
        voicing_of(config.features)


@dataclasses.dataclass(frozen=True)
class SequencePart:
    """One part of the data as whole utterances with their voiced frames.

    Attributes:
        batcher: of the part; its targets say which frames are voiced.
        labels: (utterances,), int.
        config: the recipe.
    """

    batcher: Batcher
    labels: np.ndarray
    config: ExperimentConfig

    @property
    def store(self) -> FeatureStore:
        return self.batcher.store

    def training(self):
        settings = self.config.student_training
        whole = settings.model_copy(update={"segment_frames": None})
        return self.batcher.training(whole, self.config.seed)

    def evaluation(self):
        return self._in_order()[0].map(lambda inputs, truth, *_: (inputs, truth))

    def statistics(self, network: keras.Model) -> np.ndarray:
        batches, order = self._in_order()
        parts, outputs = [], outputs_alone(network)
        for inputs, truth, *_ in batches:
            log_posteriors = outputs(inputs)
            posteriors = np.exp(log_posteriors[..., 1:])  # without Null
            voiced = truth.numpy() > 0
            threshold = self.config.system.threshold
            parts.append(utterance_statistics(posteriors, voiced, threshold))
        statistics = np.concatenate(parts)
        return statistics[np.argsort(order)]

    def _in_order(self):
        settings = self.config.student_training
        return self.batcher.evaluation(settings.batch_size, settings.jit)

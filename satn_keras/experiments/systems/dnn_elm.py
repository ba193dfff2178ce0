"""DNN-ELM: posteriors of loud segments, their statistics, an ELM."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import outputs_alone
from satn_keras.errors import ConfigError
from satn_keras.experiments.features import statistics_by_speaker
from satn_keras.experiments.systems.frame_cues import energy_of
from satn_keras.experiments.systems.network_elm import NetworkElm
from satn_keras.models import build_segment_network, utterance_statistics
from satn_keras.pipelines import FeatureStore, SegmentBatcher

UTTERANCES_AT_ONCE = 32


@dataclasses.dataclass(frozen=True)
class DnnElmSystem(NetworkElm):
    """Emotion recogniser of Han, Yu and Tashev, Interspeech 2014.

    From the paper: segments of 25 stacked frames; the tenth of them that has the
    highest energy, in training and test; a network with three hidden layers of 256
    rectified linear units, trained by cross-entropy with the utterance's label for
    each segment; maximum, minimum, mean of each class's posterior and the share of
    segments above 0.2; an ELM with 120 sigmoid units, whose greatest score decides.

    Choices where the paper is silent: each frame is the middle of one segment, the
    ends held; the energy of a segment is the mean over its frames; the optimiser
    and its settings, those of `student_training`, whose `batch_size` counts
    segments; how the epoch is chosen, see `NetworkElm`; the posterior, see
    `ElmStage`. Utterances are never cropped, so `segment_frames` of
    `student_training` has no meaning here.

    References:
        Han, Yu, Tashev, Speech emotion recognition using deep neural network and
        extreme learning machine, Interspeech 2014.
    """

    @classmethod
    def make_part(cls, store, labels, front_end, config, class_weights=None):
        system = config.system
        batcher = SegmentBatcher(
            store,
            front_end,
            labels,
            energy_of(config.features),
            system.segment_frames,
            system.energy_share,
            class_weights,
            statistics_by_speaker(store, front_end),
        )
        return SegmentPart(batcher, config)

    @classmethod
    def make_network(cls, num_classes, front_end, config):
        return build_segment_network(
            num_classes,
            config.system,
            bands=front_end.num_bands,
            channels=front_end.num_channels,
            seed=config.seed,
        )

    @classmethod
    def make_loss(cls):
        return keras.losses.SparseCategoricalCrossentropy()

    @classmethod
    def check(cls, config):
        augmentation = config.student_training.augmentation
        for key in ("time_masks", "frequency_masks"):
            if getattr(augmentation, key):
                raise ConfigError(
                    f"student_training.augmentation.{key}: the system dnn_elm hears "
                    "single segments and masks none of them. Received: "
                    f"{getattr(augmentation, key)}. Leave the key out."
                )


@dataclasses.dataclass(frozen=True)
class SegmentPart:
    """One part of the data as loud segments.

    Attributes:
        batcher: of the part.
        config: the recipe.
    """

    batcher: SegmentBatcher
    config: ExperimentConfig

    @property
    def labels(self) -> np.ndarray:
        return self.batcher.labels

    @property
    def store(self) -> FeatureStore:
        return self.batcher.store

    def training(self):
        size = self.config.student_training.batch_size
        return self.batcher.training(size, self.config.seed)

    def evaluation(self):
        return self.batcher.evaluation(self.config.student_training.batch_size)

    def statistics(self, network: keras.Model) -> np.ndarray:
        batches, order = self.batcher.by_utterance(UTTERANCES_AT_ONCE)
        parts, outputs = [], outputs_alone(network)
        for segments, mask in batches:
            flat = keras.ops.reshape(segments, (-1, *segments.shape[2:]))
            posteriors = outputs(flat)
            posteriors = posteriors.reshape(*mask.shape, -1)
            threshold = self.config.system.threshold
            parts.append(utterance_statistics(posteriors, mask, threshold))
        statistics = np.concatenate(parts)
        return statistics[np.argsort(order)]

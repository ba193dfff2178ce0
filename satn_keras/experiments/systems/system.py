"""What every emotion recogniser of the package can do, however it learns."""

from __future__ import annotations

import abc

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.run_directory import RunDirectory


class System(abc.ABC):
    """Emotion recogniser that is trained by a recipe and gives posteriors.

    Attributes:
        classes: emotions in the order of the posterior.
        config: the recipe it was trained by.
    """

    classes: tuple[str, ...]
    config: ExperimentConfig

    @classmethod
    @abc.abstractmethod
    def train(
        cls,
        config: ExperimentConfig,
        train: Manifest,
        validation: Manifest,
        classes: tuple[str, ...],
        run: RunDirectory,
        teacher: keras.Model | None = None,
        progress=None,
    ) -> System:
        """System that has learned from `train`, stored in `run`.

        Whatever has to be chosen is chosen on `validation`, whatever is counted
        (statistics, priors, weights of classes) is counted on `train`: a test part
        has no way in. The run receives `labels.json`, the classes; `selected.json`,
        what was chosen and by which figure of the validation part ({"epoch": null}
        where nothing was); and what `load` needs.

        Args:
            config: the recipe; `config.system` has the sizes.
            train: labelled utterances.
            validation: labelled utterances of other speakers; may be empty where
                nothing is chosen (`check_choosing`).
            classes: emotions in the order of the posterior.
            run: folder of the run.
            teacher: whose attention is copied, for the systems that can.
            progress: called with (utterances read, of how many).
        """

    @classmethod
    @abc.abstractmethod
    def load(cls, run: RunDirectory) -> System:
        """System of a finished run.

        Raises:
            ArtifactError: if the run holds none, or it is damaged.
        """

    @abc.abstractmethod
    def posteriors(self, manifest: Manifest, run: RunDirectory) -> np.ndarray:
        """(utterances, classes), float32, rows of sum 1 in the manifest's order.

        Systems for which a recipe may ask `protocol.enrolment_utterances` also take
        `enrolled`, a Manifest: other utterances of the same speakers, all that is
        known of them. Without it the manifest's own are.

        Args:
            manifest: utterances; their labels are not looked at.
            run: a cache may lie in its folder.
        """

    @property
    def trained_on_validation(self) -> bool:
        """Whether the validation part trained as well, nothing being chosen on it."""
        return False

    @property
    @abc.abstractmethod
    def num_parameters(self) -> int:
        """Numbers that were learned or drawn."""

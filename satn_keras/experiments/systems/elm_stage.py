"""Utterance stage: statistics to scores by an ELM, scores to posteriors."""

from __future__ import annotations

import dataclasses

import numpy as np
import scipy.optimize
import scipy.special

from satn_keras.config.systems import ElmConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.stored_arrays import read_arrays, write_arrays
from satn_keras.models import ExtremeLearningMachine

FILE = "elm.npz"
SHARPNESS_RANGE = (0.1, 100.0)  # above 0, or the order of the classes would be lost


@dataclasses.dataclass(frozen=True)
class ElmStage:
    """Extreme learning machine whose scores become posteriors.

    The posterior is the softmax of the scores times a sharpness, the one factor that
    makes the validation part most probable. It changes no decision: the greatest
    score is the greatest posterior.

    Attributes:
        machine: fitted to the statistics of the training part.
        sharpness: of the softmax; the reciprocal of a temperature.

    References:
        Guo et al., On calibration of modern neural networks, 2017. Platt,
        Probabilistic outputs for support vector machines, 1999.
    """

    machine: ExtremeLearningMachine
    sharpness: float = 1.0

    @classmethod
    def fit(
        cls,
        settings: ElmConfig,
        statistics: np.ndarray,
        labels: np.ndarray,
        num_classes: int,
        seed: int,
    ) -> ElmStage:
        """Stage of sharpness 1, fitted to the training part.

        Args:
            settings: sizes of the machine.
            statistics: (utterances, inputs).
            labels: (utterances,), int.
            num_classes: emotions.
            seed: of the hidden units.

        Raises:
            ConfigError: if the ridge is too small.
        """
        machine = ExtremeLearningMachine(**settings.model_dump(), seed=seed)
        try:
            return cls(machine.fit(statistics, labels, num_classes))
        except ValueError as error:
            raise ConfigError(f"system.elm: {error}") from error

    def calibrated(self, statistics: np.ndarray, labels: np.ndarray) -> ElmStage:
        """The stage with the sharpness that suits the validation part best."""
        scores = self.machine.scores(statistics)
        return dataclasses.replace(self, sharpness=fit_sharpness(scores, labels))

    def posteriors(self, statistics: np.ndarray) -> np.ndarray:
        """(utterances, classes), float32."""
        scores = self.sharpness * self.machine.scores(statistics)
        return scipy.special.softmax(scores, axis=1).astype("float32")

    def save(self, run: RunDirectory) -> None:
        """Write `elm.npz` of the run."""
        sharpness = np.array(self.sharpness)
        write_arrays(run, FILE, {"sharpness": sharpness, **self.machine.to_arrays()})

    @classmethod
    def load(cls, run: RunDirectory) -> ElmStage:
        """Stage that `save` wrote.

        Raises:
            ArtifactError: if the file is missing or damaged.
        """
        kernel = str(read_arrays(run, FILE, ["kernel"])["kernel"])
        names = ExtremeLearningMachine.array_names(kernel)
        arrays = read_arrays(run, FILE, ["sharpness", *names])
        machine = ExtremeLearningMachine.from_arrays(arrays)
        return cls(machine, float(arrays["sharpness"]))


def fit_sharpness(scores: np.ndarray, labels: np.ndarray) -> float:
    """Factor of the scores that makes the labels most probable, 0.1 to 100.

    Each label counts as Platt 1999 has it: with n utterances and K classes the true
    class has (n + 1) / (n + K) and each other 1 / (n + K), so that a small part
    without a mistake does not make the system certain of everything.

    Example:
        >>> scores = np.log([[2 / 3, 1 / 3]] * 4)
        >>> labels = np.array([0, 0, 0, 1])  # (5/6 + 5/6 + 5/6 + 1/6) / 4 = 2/3
        >>> round(fit_sharpness(scores, labels), 3)
        1.0
    """
    count, num_classes = scores.shape
    targets = (np.eye(num_classes)[labels] * count + 1) / (count + num_classes)

    def cost(exponent):  # convex in the factor
        log_posteriors = scipy.special.log_softmax(np.exp(exponent) * scores, axis=1)
        return -(targets * log_posteriors).sum()

    bounds = np.log(SHARPNESS_RANGE)
    best = scipy.optimize.minimize_scalar(cost, bounds=bounds, method="bounded")
    return float(np.exp(best.x))

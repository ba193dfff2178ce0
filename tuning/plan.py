"""What is to be searched, by which algorithm, and how far."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence
from typing import Any, Literal

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.tuning.known_keys import WITHOUT_EPOCHS
from satn_keras.tuning.pruning import Pruning
from satn_keras.tuning.search_space import SearchSpace

Algorithm = Literal["random", "bayesian", "hyperband"]
ALGORITHMS = ("random", "bayesian", "hyperband")
EPOCHS = "student_training.epochs"


@dataclasses.dataclass(frozen=True)
class SearchPlan:
    """A search, before it begins.

    Args:
        space: the recipe and the settings to try.
        path: folder of the search; all machines of one must see it.
        trials: how many settings are tried, or fewer where the space has no more.
            Rounds of Hyperband that go on with a setting count as trials.
        algorithm: of KerasTuner. "hyperband" gives few epochs to many settings
            and more to the best of them, up to `student_training.epochs`.
        fold_name: fold of the recipe's protocol whose test speakers stay unheard;
            those of `data.test_speakers` when absent.
        num_folds: inner folds; one a development speaker when absent.
        choice: whether the speakers who choose the epoch are "apart" from those
            who score, the "same", or nobody, the "last" epoch being kept.
        seeds: of the trainings of each trial; the recipe's own when absent.
        teacher: run folder of the teacher.
        pruning: when a trial stops between folds; never when absent.
        max_failures: trials that may fail before the search does.

    Raises:
        ConfigError: if a number is out of range, or Hyperband has no epochs to give.
    """

    space: SearchSpace
    path: str | os.PathLike
    trials: int = 20
    algorithm: Algorithm = "random"
    fold_name: str | None = None
    num_folds: int | None = None
    choice: Literal["apart", "same", "last"] = "apart"
    seeds: Sequence[int] = ()
    teacher: str | os.PathLike | None = None
    pruning: Pruning | None = None
    max_failures: int = 2

    def __post_init__(self):
        if self.algorithm not in ALGORITHMS:
            raise ConfigError(
                f"--algorithm must be {', '.join(ALGORITHMS)}. "
                f"Received: {self.algorithm!r}."
            )
        for name, least in (("trials", 1), ("max_failures", 0)):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"--{name.replace('_', '-')} must be at least {least}. "
                    f"Received: {getattr(self, name)}."
                )
        if len(set(self.seeds)) < len(self.seeds):
            raise ConfigError("--seed: each seed once. Leave out the repeated ones.")
        if not self.space.searched:
            raise ConfigError(
                "the search space has one point. Give a key several values, such as "
                "--search transfer.weight=0,0.01..10:log."
            )
        if self.algorithm == "hyperband":
            self._check_epochs()

    @property
    def folder(self) -> pathlib.Path:
        """The folder as an absolute path."""
        return pathlib.Path(os.path.abspath(self.path))

    @property
    def config(self) -> ExperimentConfig:
        """The recipe."""
        return self.space.config

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """Seeds of the trainings."""
        return tuple(self.seeds) or (self.config.seed,)

    def describe(self) -> dict[str, Any]:
        """What makes this search another than one with other values, for JSON."""
        return {
            "algorithm": self.algorithm,
            "space": self.space.to_dict(),
            "seeds": list(self.all_seeds),
            "choice": self.choice,
            "pruning": self.pruning and dataclasses.asdict(self.pruning),
        }

    def _check_epochs(self) -> None:
        name = self.config.system.name
        if name in WITHOUT_EPOCHS:
            raise ConfigError(
                f"--algorithm hyperband shares out epochs, and system {name} has none. "
                "Choose random or bayesian."
            )
        if self.space.values(EPOCHS):
            raise ConfigError(
                f"--algorithm hyperband shares out {EPOCHS} itself. Leave the key out "
                "of the search; the recipe's value is the most that a setting gets."
            )

"""Folder that holds everything needed to repeat or judge a run."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import uuid
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.environment import describe_environment
from satn_keras.experiments.presets import preset_folder

if TYPE_CHECKING:
    import keras


class RunDirectory:
    """One run's files, each written whole or not at all.

    Attributes:
        path: the folder; `config.yaml`, `environment.json`, `split.json`,
            `history.csv`, `predictions.csv`, `metrics.json`, `checkpoints/`,
            `figures/` and `report.md` lie in it.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = pathlib.Path(path)

    @classmethod
    def plan(cls, path: str | os.PathLike, config: ExperimentConfig) -> RunDirectory:
        """Run folder for `config`, to be made or resumed; nothing is written.

        Raises:
            ConfigError: if the folder holds a run with another recipe.
        """
        run = cls(path)
        written = run.path / "config.yaml"
        if written.exists() and ExperimentConfig.from_yaml(written) != config:
            raise ConfigError(
                f"{written}: this folder holds a run with another recipe. Choose "
                "another folder, or remove this one."
            )
        return run

    @classmethod
    def create(
        cls,
        path: str | os.PathLike,
        config: ExperimentConfig,
        distribution: dict | None = None,
    ) -> RunDirectory:
        """Run folder for `config`, made or to be resumed.

        Args:
            path: of the folder.
            config: the recipe.
            distribution: strategy and batches, for `environment.json`.

        Raises:
            ConfigError: if the folder holds a run with another recipe, or cannot
                be written.
        """
        run = cls.plan(path, config)
        try:
            for folder in (run.path, run.checkpoints, run.figures):
                folder.mkdir(parents=True, exist_ok=True)
            run.write_text("config.yaml", config.to_yaml())
            environment = describe_environment()
            if distribution is not None:
                environment["distribution"] = distribution
            run.write_json("environment.json", environment)
        except OSError as error:
            raise ConfigError(
                f"{path}: the run folder must be writable "
                f"({error.strerror or error}). Choose another folder."
            ) from error
        return run

    @classmethod
    def open(cls, path: str | os.PathLike) -> RunDirectory:
        """Existing run.

        Args:
            path: of the folder, or the name of a preset.

        Raises:
            ArtifactError: if there is no run at `path`.
        """
        run = cls(path)
        if (run.path / "config.yaml").exists():
            return run
        preset = preset_folder(path)
        if preset is None:
            raise ArtifactError(
                f"{path}: no run here (config.yaml is missing). Give the folder that "
                "`satn train --out` wrote."
            )
        return cls(preset)

    def fingerprint(self, name: str) -> str:
        """SHA-256 of a file of the run.

        Raises:
            ArtifactError: if it is missing.
        """
        try:
            return hashlib.sha256((self.path / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ArtifactError(
                f"{self.path / name}: missing ({error.strerror or error}). Train the "
                "run to its end."
            ) from error

    @property
    def checkpoints(self) -> pathlib.Path:
        return self.path / "checkpoints"

    @property
    def figures(self) -> pathlib.Path:
        return self.path / "figures"

    @property
    def config(self) -> ExperimentConfig:
        return ExperimentConfig.from_yaml(self.path / "config.yaml")

    @property
    def is_finished(self) -> bool:
        """Whether training ended and its scores are written."""
        return (self.path / "metrics.json").exists()

    @property
    def has_trained(self) -> bool:
        """Whether training can go on from something, within the first epoch too."""
        backups = (self.checkpoints / "backup").glob("epoch_*")
        return self.has_finished_epoch or any(backups)

    @property
    def has_finished_epoch(self) -> bool:
        """Whether an epoch of it is finished."""
        return (self.checkpoints / "best.json").exists()

    def write_text(self, name: str, text: str) -> None:
        replace_text(self.path / name, text)

    def write_json(self, name: str, values: Any) -> None:
        text = json.dumps(values, indent=2, ensure_ascii=False)
        self.write_text(name, text + "\n")

    def read_json(self, name: str) -> Any:
        """Values of a JSON file of the run.

        Raises:
            ArtifactError: if it is missing or damaged.
        """
        path = self.path / name
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ArtifactError(
                f"{path}: missing or damaged ({error}). Train the run to its end."
            ) from error

    def read_model(self, name: str) -> keras.Model:
        """Model of the run, saved as `name`.

        Raises:
            ArtifactError: if it is damaged.
        """
        import keras

        path = self.path / name
        try:
            model = keras.models.load_model(path)
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            reason = " ".join(str(error).split())[:200]
            raise ArtifactError(
                f"{path}: damaged, or of another version ({reason}). Remove the run's "
                "metrics.json and train it to its end again."
            ) from error
        model.jit_compile = False  # else, on a GPU, one compilation a length
        return model


def replace_text(path: pathlib.Path, text: str) -> None:
    """File at `path` with `text`, whole or not at all.

    Raises:
        OSError: with the name of the file, where it cannot be written.
    """
    # Processes of two containers may have one number.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        error.filename = error.filename or os.fspath(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)

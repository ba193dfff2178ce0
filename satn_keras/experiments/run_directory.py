"""Folder that holds everything needed to repeat or judge a run."""

from __future__ import annotations

import importlib.metadata
import json
import os
import pathlib
import platform
import subprocess
import sys
from typing import Any

from satn_keras import __version__
from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError

PACKAGES = ("tensorflow", "keras", "numpy", "soundfile", "soxr", "pandas")


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
    def create(cls, path: str | os.PathLike, config: ExperimentConfig) -> RunDirectory:
        """Run folder for `config`, new or to be resumed.

        Raises:
            ConfigError: if the folder holds a run with another recipe, or cannot
                be written.
        """
        run = cls(path)
        written = run.path / "config.yaml"
        if written.exists() and ExperimentConfig.from_yaml(written) != config:
            raise ConfigError(
                f"{written}: this folder holds a run with another recipe. Choose "
                "another folder, or remove this one."
            )
        try:
            for folder in (run.path, run.checkpoints, run.figures):
                folder.mkdir(parents=True, exist_ok=True)
            run.write_text("config.yaml", config.to_yaml())
            run.write_json("environment.json", describe_environment())
        except OSError as error:
            raise ConfigError(
                f"{path}: the run folder must be writable ({error.strerror}). Choose "
                "another folder."
            ) from error
        return run

    @classmethod
    def open(cls, path: str | os.PathLike) -> RunDirectory:
        """Existing run.

        Raises:
            ArtifactError: if there is no run at `path`.
        """
        run = cls(path)
        if not (run.path / "config.yaml").exists():
            raise ArtifactError(
                f"{path}: no run here (config.yaml is missing). Give the folder that "
                "`satn train --out` wrote."
            )
        return run

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

    def write_text(self, name: str, text: str) -> None:
        target = self.path / name
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, target)

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


def describe_environment() -> dict[str, Any]:
    """Versions, commit and host of this process, for `environment.json`."""
    return {
        "satn_keras": __version__,
        "commit": _commit(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def _commit() -> str | None:
    """Commit of a source checkout; None for an installed package."""
    root = pathlib.Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        result = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip()

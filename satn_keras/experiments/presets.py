"""Trained models that come with the package, by their names."""

from __future__ import annotations

import os
import pathlib

_PACKAGE = pathlib.Path(__file__).parents[1]
# Installed, the models lie in the package; in a source checkout, beside it.
_HOMES = (_PACKAGE / "saved_models", _PACKAGE.parent / "saved_models")
DEFAULT = "satn-nemo"


def presets() -> tuple[str, ...]:
    """Names of the models that come with the package."""
    found = (path.parent.name for home in _HOMES for path in home.glob("*/config.yaml"))
    return tuple(sorted(set(found)))


def preset_folder(name: str | os.PathLike) -> pathlib.Path | None:
    """Folder of the preset `name`; None where there is no such preset."""
    if os.fspath(name) not in presets():
        return None
    return next(
        home / name for home in _HOMES if (home / name / "config.yaml").exists()
    )


def exported_model(model: str | os.PathLike | None = None) -> pathlib.Path:
    """Folder of an exported model: as named, or of the preset of that name.

    Args:
        model: folder of a name or of a version, or name of a preset; the preset
            `DEFAULT` when None.
    """
    if model is not None and pathlib.Path(model).exists():
        return pathlib.Path(model)
    name = DEFAULT if model is None else model
    return preset_folder(name) or pathlib.Path(name)

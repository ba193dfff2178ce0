"""Loading of trained models by name or run folder."""

from __future__ import annotations

import os

from satn_keras.errors import ArtifactError
from satn_keras.experiments.presets import presets
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher


def from_preset(name: str | os.PathLike) -> Student | Teacher:
    """Trained student or teacher that comes with the package, or lies in a run folder.

    Args:
        name: of a preset, such as "satn-nemo", or a run folder.

    Returns:
        `Student` with `model` (features and mask to a posterior), `front_end`
        (waveform to features), `classes` and `config`; or `Teacher`.

    Raises:
        ArtifactError: if there is neither, or it holds another system.

    Example:
        ```python
        student = from_preset("satn-nemo")
        features, mask = student.front_end(waveform[None])
        student.model({"features": features, "mask": mask})  # (1, classes)
        ```
    """
    try:
        run = RunDirectory.open(name)
    except ArtifactError as error:
        raise ArtifactError(
            f"{name}: no trained model of that name, and no run folder. There are "
            f"{', '.join(presets()) or 'none'}."
        ) from error
    teaches = (run.path / "teacher.keras").exists()
    return (Teacher if teaches else Student).load(run)

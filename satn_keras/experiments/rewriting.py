"""Reports of a finished folder of any kind, written again from its files."""

from __future__ import annotations

import os
import pathlib

from satn_keras.errors import ArtifactError
from satn_keras.experiments.cross_validation import summarize_folder
from satn_keras.experiments.reproduction.reproduce import rewrite_table
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import (
    student_report,
    teacher_report,
    write_reports,
)


def rewrite_reports(path: str | os.PathLike) -> list[pathlib.Path]:
    """Paths of `report.md` and `report.html` in `path`.

    Args:
        path: folder of a teacher, a student, a cross-validation or a reproduction.

    Raises:
        ArtifactError: if there is no finished run, or a file is damaged.
    """
    path = pathlib.Path(path)
    if (path / "table.json").exists():
        rewrite_table(path)
    else:
        _rewrite_run(RunDirectory.open(path))
    return [path / "report.md", path / "report.html"]


def _rewrite_run(run: RunDirectory) -> None:
    if not run.is_finished:
        raise ArtifactError(
            f"{run.path}: this run is not finished (metrics.json is missing). The "
            "command that began it resumes it."
        )
    metrics = run.read_json("metrics.json")
    if metrics.get("untested"):
        raise ArtifactError(
            f"{run.path}: every speaker trained this model, so that nothing was "
            "measured. `satn cross-validate` measures its recipe, `satn evaluate "
            "--manifest` the model on other speakers."
        )
    if metrics.get("kind") == "cross-validation":
        summarize_folder(run.path)
    elif "per" in metrics:
        write_reports(teacher_report(run, metrics), run)
    else:
        write_reports(student_report(run, metrics), run)

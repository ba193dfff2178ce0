"""One recipe over every fold of its protocol, and over several seeds."""

from __future__ import annotations

import dataclasses
import gc
import os
import pathlib
from collections.abc import Callable, Sequence

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.choosing import check_choosing, check_taught
from satn_keras.experiments.cross_folds import (
    chosen_folds,
    fold_config,
    teacher_config,
)
from satn_keras.experiments.cross_reports import cross_report
from satn_keras.experiments.cross_scores import (
    men_folds,
    read_predictions,
    summarize,
)
from satn_keras.experiments.dataset_scores import by_dataset
from satn_keras.experiments.enrolment import check_enrolment
from satn_keras.experiments.experiment import is_finished, run_student, run_teacher
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.heard import check_teacher
from satn_keras.experiments.libraries import require_libraries
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.run_reports import write_reports
from satn_keras.experiments.splits import (
    check_sounding,
    labelled_manifest,
    teacher_fold,
    with_absolute_paths,
)
from satn_keras.experiments.together import (
    create_together,
    is_finished_for_all,
    metrics_by_chief,
)
from satn_keras.experiments.transcripts import check_transcripts
from satn_keras.pipelines import shared_features

Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class CrossValidation:
    """What is to be run: a recipe, its folds, seeds and teacher.

    Args:
        config: the recipe; `protocol` divides, `seed` draws the division.
        path: folder of the whole; `seed-1/<fold>/` in it are the runs.
        seeds: of the trainings; the recipe's own when absent.
        fold_names: folds to run, all when absent; others may follow later.
        teacher: run folder of one teacher for all folds, which must have heard no
            test speaker of any; a teacher is trained for each fold when absent.
        teachers_path: folder of the teachers by fold; `<path>/teachers` when absent.
            Cross-validations that share it share the teachers.
    """

    config: ExperimentConfig
    path: str | os.PathLike
    seeds: Sequence[int] = ()
    fold_names: Sequence[str] | None = None
    teacher: str | os.PathLike | None = None
    teachers_path: str | os.PathLike | None = None


def cross_validate(plan: CrossValidation, progress=None, tell: Tell = print) -> dict:
    """Every fold and seed trained, judged and pooled; finished runs are not run again.

    Args:
        plan: what to run.
        progress: called with (utterances read, of how many).
        tell: called with a line after each run.

    Returns:
        What `metrics.json` of the whole holds.

    Raises:
        ConfigError: if a fold is named that there is not, or `path` holds another
            recipe.
        ProtocolError: if the protocol cannot divide the manifest, or a teacher has
            heard a test speaker.
        AudioError, ManifestError: as `run_student`.
    """
    config = with_absolute_paths(plan.config)
    manifest, classes = labelled_manifest(config)
    folds = chosen_folds(manifest, config, plan.fold_names)
    check_plan(plan, folds)
    check_sounding(manifest)
    whole = create_together(plan.path, config)
    with shared_features(manifest):
        for seed in plan.seeds or (config.seed,):
            for fold in folds:
                path = whole.path / f"seed-{seed}" / fold.name
                run_config = fold_config(config, fold, seed)
                teacher = _teacher_of(plan, config, fold, whole.path, progress)
                if not is_finished(run_config, path, teacher, fold):
                    run_student(run_config, path, teacher, progress, (fold, classes))
                    _free_memory()
                tell(_line(path))
    return metrics_by_chief(summarize_folder, whole)


def check_plan(plan: CrossValidation, folds: Sequence[Fold] | None = None) -> None:
    """Refuse what would stop a cross-validation after hours.

    Args:
        plan: what is to be run.
        folds: of the plan; divided here when absent.

    Raises:
        ConfigError: if the folder holds another kind of run, something is chosen on
            a validation part that is empty, or a teacher is wrong.
        ImportError: if a library of the system is missing.
        ProtocolError: if a teacher has heard, or would hear, a test speaker, or
            datasets are tested on classes that no other one trains.
    """
    config, path = with_absolute_paths(plan.config), pathlib.Path(plan.path)
    for name, kind in (("split.json", "a single run"), ("weights.json", "weights")):
        if (path / name).exists():
            raise ConfigError(
                f"{path}: this folder holds {kind} ({name}). Choose another folder."
            )
    RunDirectory.plan(path, config)
    require_libraries(config)
    if folds is None:
        folds = chosen_folds(labelled_manifest(config)[0], config, plan.fold_names)
    for fold in folds:
        check_choosing(config, fold.validation, "protocol.validation_speakers")
        if config.protocol.folds == "cross_corpus":  # speakers may lack a rare class
            check_taught(fold)
        for seed in plan.seeds or (config.seed,):
            check_enrolment(fold_config(config, fold, seed), fold.validation, fold.test)
    if not config.transfer.needs_teacher:
        return
    if plan.teacher is not None:
        for fold in folds:
            check_teacher(config, plan.teacher, fold)
        return
    if "sentence" in folds[0].disjoint:
        raise ProtocolError(
            "folds that keep sentences apart need a teacher from elsewhere: one "
            "trained on this corpus has heard the test sentences. Give its run with "
            "--teacher."
        )
    first = fold_config(config, folds[0], config.seed)
    check_transcripts(first, teacher_fold(first))


def summarize_folder(path: pathlib.Path) -> dict:
    """Pooled predictions, metrics and reports of the finished runs below `path`."""
    whole = RunDirectory(path)
    table = read_predictions(path)
    manifest, classes = labelled_manifest(whole.config)
    whole.write_text("predictions.csv", table.to_csv(index=False))
    metrics = summarize(path, table, classes, men_folds(whole, manifest))
    if whole.config.protocol.folds == "cross_corpus":
        metrics["datasets"] = by_dataset(table, manifest, classes)
    write_reports(cross_report(whole, table, metrics), whole)
    whole.write_json("metrics.json", metrics)
    return metrics


def _teacher_of(plan, config, fold, path, progress) -> str | os.PathLike | None:
    """Run folder of the teacher of a fold, trained there if need be."""
    if not config.transfer.needs_teacher:
        return None
    if plan.teacher is not None:
        return plan.teacher
    teachers = pathlib.Path(plan.teachers_path or path / "teachers")
    path = teachers / fold.name
    taught = teacher_config(fold_config(config, fold, config.seed))
    # Refuses a teacher of another recipe; whom it has heard is checked with the run.
    if not is_finished_for_all(RunDirectory.plan(path, taught)):
        run_teacher(taught, path, progress=progress)
        _free_memory()
    return path


def _free_memory() -> None:
    keras.backend.clear_session()  # graphs of dozens of trainings add up
    gc.collect()


def _line(path: pathlib.Path) -> str:
    metrics = RunDirectory(path).read_json("metrics.json")
    validation = metrics.get("validation", {}).get("ua")
    shown = "" if validation is None else f", validation {validation:.3f}"
    scores = f"test ua {metrics['ua']:.3f}, wa {metrics['wa']:.3f}{shown}"
    return f"{path}: {scores}, trained in {metrics['training_seconds']:.0f} s"

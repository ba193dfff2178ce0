"""A whole search: prepared, run alone or with others, reported."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

from satn_keras import distribution
from satn_keras.errors import ConfigError
from satn_keras.experiments.development import Development, develop
from satn_keras.experiments.inner_training import train_and_score
from satn_keras.experiments.libraries import require_libraries
from satn_keras.experiments.run_directory import RunDirectory, replace_text
from satn_keras.pipelines import shared_features
from satn_keras.tuning.libraries import require_tuner
from satn_keras.tuning.plan import SearchPlan
from satn_keras.tuning.records import FAILED, Records, TrialRecord
from satn_keras.tuning.results import write_results
from satn_keras.tuning.roles import Role

IDENTITY = "search.json"
CHIEF_WITHIN = 600.0  # seconds that a worker waits for the chief's first file
LOST_AFTER = 60.0  # seconds without a sign after which a worker's trial is free
Tell = Callable[[str], None]


def run_search(
    plan: SearchPlan,
    role: Role | None = None,
    progress=None,
    tell: Tell = print,
    evaluate=None,
) -> TrialRecord | None:
    """Best trial of a search; finished trials and trainings are not run again.

    Args:
        plan: what is searched.
        role: of this process among several; alone when absent.
        progress: called with (utterances read, of how many).
        tell: called with a line after each trial.
        evaluate: trains and scores one inner fold; `train_and_score` when absent.

    Returns:
        The finished trial of the best mean development UA. None in a worker, whose
        chief reports.

    Raises:
        ConfigError: if the folder holds another search, more trials failed than may,
            no trial was finished, or a chief does not answer.
        ImportError: if a library is missing.
        AudioError, ManifestError, ProtocolError: as `develop`.
    """
    role = role or Role()
    require_tuner()
    require_libraries(plan.config)
    _check_alone()
    development = develop(
        plan.config,
        plan.fold_name,
        plan.num_folds,
        plan.choice,
        plan.teacher,
        plan.space.needs_teacher,
    )
    identity = identity_of(plan, development)
    if role.is_worker:
        _wait_for(plan.folder / IDENTITY, identity)
    else:
        _begin(plan.folder, identity)
    records = Records(plan.folder)
    _run(plan, role, development, records, progress, tell, evaluate or train_and_score)
    best = None
    if not role.is_worker:
        best = write_results(plan, development, records)
    _check_failures(plan, records)
    if best is None and not role.is_worker:
        raise ConfigError(
            f"{plan.folder}: no trial ran every fold, so that none is the best. Allow "
            "more --trials."
        )
    return best


def identity_of(plan: SearchPlan, development: Development) -> dict[str, Any]:
    """What tells this search from another one, for `search.json`."""
    teacher = None
    if development.teacher is not None:
        teacher = RunDirectory(development.teacher).fingerprint("teacher.keras")
    return {
        "recipe": development.config.model_dump(mode="json"),
        **plan.describe(),
        "outer_fold": development.name,
        "utterances": _digest(development.manifest.keys),
        "kept_out": list(development.kept_out),
        "inner_folds": [
            {
                "name": fold.name,
                "train": list(fold.train.speakers),
                "choice": list(fold.choice.speakers),
                "scoring": list(fold.scoring.speakers),
            }
            for fold in development.folds
        ],
        "teacher": teacher,
        "teacher_heard": list(development.teacher_heard),
    }


def _check_alone() -> None:
    if distribution.role().workers > 1:
        raise ConfigError(
            "--strategy: a trial trains on one machine, and several machines share "
            "out the trials (--chief, --worker). Choose one, mirrored or tpu."
        )


def _digest(keys) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode("utf-8")).hexdigest()


def _run(plan, role, development, records, progress, tell, evaluate) -> None:
    # KerasTuner is imported where a search runs, not where one is described.
    from satn_keras.tuning.distributed import SIGNS, patient_client, serve
    from satn_keras.tuning.signs_of_life import signs_of_life
    from satn_keras.tuning.trials import News, TrialRunner
    from satn_keras.tuning.tuner import CrossValidationTuner

    runner = TrialRunner(
        plan, development, records, evaluate, role.name, progress, tell
    )
    with contextlib.ExitStack() as around:
        around.enter_context(role.environment())
        tuner = CrossValidationTuner(plan, runner)
        if role.is_chief:
            tuner.save()
            news = News(records, tell)
            serve(tuner.oracle, role, plan.folder, LOST_AFTER, tell, news)
            return
        if role.is_worker:
            around.enter_context(signs_of_life(plan.folder / SIGNS, role.name))
            around.enter_context(patient_client(role))
        around.enter_context(shared_features(development.manifest))
        tuner.search()


def _begin(folder: pathlib.Path, identity: dict) -> None:
    """Make the folder, or take up the search in it."""
    path = folder / IDENTITY
    if path.exists():
        _check_same(path, identity)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(
                f"{folder}: this folder holds something else. Choose another folder."
            )
        replace_text(path, json.dumps(identity, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ConfigError(
            f"{folder}: the search folder must be writable "
            f"({error.strerror or error}). Choose another folder."
        ) from error


def _wait_for(path: pathlib.Path, identity: dict) -> None:
    end = time.monotonic() + CHIEF_WITHIN
    while not path.exists():
        if time.monotonic() > end:
            raise ConfigError(
                f"{path}: no chief has begun this search. Start it, and give chief "
                "and workers one folder that all of them see."
            )
        time.sleep(0.5)
    _check_same(path, identity)


def _check_same(path: pathlib.Path, identity: dict) -> None:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(
            f"{path}: damaged ({error}). Choose another folder, or remove this one."
        ) from error
    for name, value in json.loads(json.dumps(identity)).items():
        if written.get(name) != value:
            raise ConfigError(
                f"{path}: this folder holds a search with another {name!r}. Choose "
                "another folder, or repeat the command that began it."
            )


def _check_failures(plan: SearchPlan, records: Records) -> None:
    failed = [each for each in records.read() if each.status == FAILED]
    if len(failed) > plan.max_failures:
        last = failed[-1]
        raise ConfigError(
            f"{plan.folder}: {len(failed)} trials failed, and --max-failures is "
            f"{plan.max_failures}; the last is trial {last.trial}: "
            f"{last.message.rstrip('.')}. Tracebacks are in "
            f"{records.folder}/*/failure.txt; the same command tries them again."
        )

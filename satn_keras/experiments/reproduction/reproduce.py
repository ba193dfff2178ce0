"""All rows of a published table, trained, judged and printed beside its figures."""

from __future__ import annotations

import dataclasses
import importlib.resources
import os
import pathlib
import warnings
from collections.abc import Callable, Mapping, Sequence

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.distribution import by_chief
from satn_keras.errors import ConfigError
from satn_keras.experiments.copying import check_copying
from satn_keras.experiments.cross_folds import chosen_folds, teacher_config
from satn_keras.experiments.cross_scores import run_paths
from satn_keras.experiments.cross_validation import (
    CrossValidation,
    check_plan,
    cross_validate,
    summarize_folder,
)
from satn_keras.experiments.experiment import run_teacher
from satn_keras.experiments.reproduction.corpora import table_corpus, write_manifests
from satn_keras.experiments.reproduction.queue import queue_of
from satn_keras.experiments.reproduction.row import Row, Table
from satn_keras.experiments.reproduction.table_report import write_table
from satn_keras.experiments.reproduction.tables import TABLES, rows_of
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import labelled_manifest
from satn_keras.experiments.transcripts import learnable_part

Tell = Callable[[str], None]
# Sections that other systems have not: what is changed in them is not meant for all.
_OF_SATN = ("student.", "teacher.", "teacher_training.", "transfer.")


@dataclasses.dataclass(frozen=True)
class Reproduction:
    """What of a table is to be run, and on what.

    Args:
        table: whose rows are run.
        corpus: name of its reader, or "manifest".
        root: folder of the corpus, or the manifest file.
        out: folder of the whole; `<row>/` in it are the cross-validations.
        rows: keys of the rows; all when empty.
        num_folds: first folds of the protocol that are run; all when absent.
        num_control_folds: the same for the controls; `num_folds` when absent.
        fold_names: folds to run, of which the first are taken; all when empty.
        seeds: of the trainings; the recipe's own when empty.
        transcripts: manifest of the teachers' speech; the corpus itself, by fold,
            when absent.
        teachers: run folder of a trained teacher by its encoder, "tcn" or "blstm".
        changes: "key=value" of every row's recipe.
        recipe: of the package, that the article's own systems begin from in the
            place of the table's.
    """

    table: Table
    corpus: str
    root: pathlib.Path
    out: pathlib.Path
    rows: tuple[str, ...] = ()
    num_folds: int | None = None
    num_control_folds: int | None = None
    fold_names: tuple[str, ...] = ()
    seeds: Sequence[int] = ()
    transcripts: pathlib.Path | None = None
    teachers: Mapping[str, str | os.PathLike] = dataclasses.field(default_factory=dict)
    changes: Sequence[str] = ()
    recipe: str | None = None


def reproduce(plan: Reproduction, progress=None, tell: Tell = print) -> pathlib.Path:
    """Report of a table whose rows have all been run; what is finished stays.

    Args:
        plan: what to run.
        progress: called with (utterances read, of how many).
        tell: called with a line after each run.

    Returns:
        Path of `report.md`; `report.html` and `table.json` lie beside it.

    Raises:
        ConfigError: if a row, a corpus or a key of a recipe is not there.
        CorpusError: if the corpus cannot be read.
        AudioError, ManifestError, ProtocolError: as `cross_validate`.
    """
    rows = rows_of(plan.table, plan.corpus, plan.rows)
    if plan.num_control_folds == 0:
        rows = [row for row in rows if row.control_of is None]
    corpus = table_corpus(plan.corpus)
    manifests = _manifests(corpus, rows, plan, tell)
    configs = {
        row.key: row_config(row, manifests[row.variant], corpus.changes, plan)
        for row in rows
    }
    by_chief(lambda: _keep_learnable(configs.values(), plan, tell))
    plans = {
        row.key: _cross_validation(row, configs[row.key], plan, progress)
        for row in rows
    }
    for each in plans.values():  # every row's mistakes now, not after hours
        check_plan(each)
        if each.teacher is not None and each.config.transfer.needs_teacher:
            check_copying(each.config, each.teacher)
    tell(queue_of(plans.values()))
    for row in rows:
        tell(f"{row.key}: {row.name}")
        cross_validate(plans[row.key], progress, tell)
        _write(plan)  # what is known so far
    return _write(plan)


def _write(plan) -> pathlib.Path:
    by_chief(lambda: write_table(plan.table, plan.corpus, plan.out))
    return plan.out / "report.md"


def _manifests(corpus, rows, plan, tell) -> dict[str, dict[str, str]]:
    """Manifests by variant; what the reader warns of, such as counts, is told."""
    variants = {row.variant for row in rows}
    folder = plan.out / "corpus"

    def write():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            paths = write_manifests(corpus, plan.root, folder, variants)
        for warning in caught:
            tell(f"note: {warning.message}")
        RunDirectory(folder).write_json("manifests.json", _as_text(paths))

    by_chief(write)
    return RunDirectory(folder).read_json("manifests.json")


def _as_text(paths):
    return {
        variant: {part: str(path) for part, path in parts.items()}
        for variant, parts in paths.items()
    }


def _keep_learnable(configs, plan, tell) -> None:
    """Leave out of the teachers' speech what no teacher can write, and tell it."""
    if plan.transcripts is not None:
        return  # another corpus is the user's own to mend
    kept = set()
    for config in configs:
        encoder, path = config.teacher.encoder, config.data.transcripts
        taught_here = config.transfer.needs_teacher and encoder not in plan.teachers
        if not taught_here or path is None or path in kept:
            continue
        manifest = Manifest.read(path)
        learnable, dropped = learnable_part(config, manifest)
        if dropped:
            tell(
                f"note: {len(dropped)} of {len(manifest)} utterances are no lesson for "
                f"a teacher (too long to write, or too short for their text): "
                f"{', '.join(dropped[:5])}{', ...' if len(dropped) > 5 else ''}"
            )
            learnable.write(path)
        kept.add(path)


def rewrite_table(out: pathlib.Path) -> pathlib.Path:
    """Report of a reproduction, written again from its files.

    Raises:
        ArtifactError: if `out` holds no reproduction.
    """
    record = RunDirectory(out).read_json("table.json")
    table = TABLES[record["table"]]
    for row in table.rows:
        if run_paths(out / row.key):
            summarize_folder(out / row.key)
    return write_table(table, record["corpus"], out)


def row_config(
    row: Row, paths: Mapping[str, str], common: Sequence[str], plan
) -> ExperimentConfig:
    """Recipe of a row, on the corpus, changed by the row and then by the plan."""
    data = [f"data.emotions={paths['emotions']}"]
    transcripts = plan.transcripts or paths.get("transcripts")
    if transcripts is not None:
        data.append(f"data.transcripts={transcripts}")
    if plan.transcripts is not None:  # their language is the recipe's affair
        common = [change for change in common if not change.startswith("phonemes.")]
    wanted, recipe = plan.changes, row.recipe
    if _from_package(recipe, ()).system.name != "satn":
        wanted = [each for each in wanted if not each.startswith(_OF_SATN)]
    elif plan.recipe is not None:
        recipe = plan.recipe
    changes = [*common, *data, *wanted, *row.changes]
    config = _from_package(recipe, changes)
    if config.protocol.folds == "leave_one_session_out" and row.session_changes:
        config = _from_package(recipe, [*changes, *row.session_changes])
    if row.copies and not config.transfer.weight:
        raise ConfigError(
            f"row {row.key}: copies a teacher's maps, and transfer.weight is 0 in "
            f"{recipe}. Give the weight of every such row, as transfer.weight=0.3."
        )
    return config


def _from_package(recipe, changes) -> ExperimentConfig:
    recipes = importlib.resources.files("satn_keras.experiments") / "recipes"
    with importlib.resources.as_file(recipes / f"{recipe}.yaml") as path:
        if not path.exists():
            known = sorted(each.name[:-5] for each in recipes.iterdir())
            raise ConfigError(
                f"--recipe {recipe}: the package has none of this name. Known: "
                f"{', '.join(known)}."
            )
        return ExperimentConfig.from_yaml(path, changes)


def _cross_validation(row, config, plan, progress) -> CrossValidation:
    count = plan.num_folds
    if row.control_of is not None and plan.num_control_folds is not None:
        count = plan.num_control_folds
    manifest, _ = labelled_manifest(config)
    chosen = chosen_folds(manifest, config, plan.fold_names or None)
    names = [fold.name for fold in chosen][:count]
    encoder = config.teacher.encoder
    teacher = plan.teachers.get(encoder)
    if teacher is None and plan.transcripts is not None:
        if config.transfer.needs_teacher:
            teacher = plan.out / "teachers" / encoder
            run_teacher(teacher_config(config), teacher, progress=progress)
    return CrossValidation(
        config,
        plan.out / row.key,
        seeds=tuple(plan.seeds),
        fold_names=names,
        teacher=teacher,
        teachers_path=plan.out / "teachers" / encoder,
    )

"""Weight of transfer, chosen fold by fold on the validation part."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
from collections.abc import Sequence

from satn_keras.distribution import by_chief
from satn_keras.errors import ConfigError
from satn_keras.experiments.cross_folds import chosen_folds
from satn_keras.experiments.cross_validation import (
    CrossValidation,
    Tell,
    check_plan,
    cross_validate,
    summarize_folder,
)
from satn_keras.experiments.protocol import Figure, select_best
from satn_keras.experiments.splits import labelled_manifest, with_absolute_paths
from satn_keras.experiments.together import create_together, metrics_by_chief


def choose_weights(
    plan: CrossValidation,
    weights: Sequence[float],
    progress=None,
    tell: Tell = print,
) -> dict:
    """Cross-validation whose transfer weight is chosen in each fold.

    Every weight is run on every fold, into `weight-<w>/`. Of a fold's runs that of
    the best UA on its validation part is copied into `seed-<s>/<fold>/`, which are
    pooled. The choice sees figures of validation parts alone (`select_best`); the UA
    against the weight is drawn afterwards, for the reader.

    Args:
        plan: as for `cross_validate`; its recipe's weight is passed over.
        weights: W_AT to try; 0 trains without transfer.
        progress: as for `cross_validate`.
        tell: as for `cross_validate`.

    Returns:
        What `metrics.json` of the whole holds.

    Raises:
        ConfigError: if the folder holds a cross-validation of one weight, or a fold
            has no validation part.
        ArtifactError, AudioError, ManifestError, ProtocolError: as `cross_validate`.
    """
    path = pathlib.Path(plan.path)
    if any(path.glob("seed-*")) and not (path / "weights.json").exists():
        raise ConfigError(
            f"{path}: this folder holds a cross-validation with one weight. Choose "
            "another folder."
        )
    _check_validated(plan)
    teachers = plan.teachers_path or path / "teachers"
    plans = {
        weight: dataclasses.replace(
            plan,
            config=_weighted(plan.config, weight),
            path=path / f"weight-{weight:g}",
            teachers_path=teachers,
        )
        for weight in dict.fromkeys(weights)
    }
    for each in plans.values():
        check_plan(each)
    whole = create_together(path, with_absolute_paths(plan.config))
    tried = {"tried": list(plans)}
    by_chief(lambda: whole.write_json("weights.json", tried))  # whose folder this is
    results = {
        weight: cross_validate(each, progress, tell) for weight, each in plans.items()
    }
    by_chief(lambda: _write_chosen(whole, results, tell))
    return metrics_by_chief(summarize_folder, whole)


def _check_validated(plan) -> None:
    if plan.config.protocol.validation_speakers:
        return
    config = with_absolute_paths(plan.config)
    manifest, _ = labelled_manifest(config)
    for fold in chosen_folds(manifest, config, plan.fold_names):
        if not len(fold.validation):
            raise ConfigError(
                f"--weight: fold {fold.name!r} has no validation part to choose a "
                "weight on. Set protocol.validation_speakers to 1 or more, or run one "
                "weight, transfer.weight=0.1, say."
            )


def _write_chosen(whole, results, tell):
    chosen = _chosen(results)
    for (seed, fold), weight in chosen.items():
        source = whole.path / f"weight-{weight:g}" / f"seed-{seed}" / fold
        _copy_whole(source, whole.path / f"seed-{seed}" / fold)
        tell(f"seed {seed}, fold {fold}: weight {weight:g} chosen on validation")
    whole.write_json("weights.json", _record(chosen, results))


def _copy_whole(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy a run, whole or not at all, in the place of one chosen before."""
    part = target.with_name(f".{target.name}.part")
    for path in (part, target):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(source, part)
    part.rename(target)


def _record(chosen, results) -> dict:
    return {
        "tried": list(results),
        "chosen": [
            {"seed": seed, "fold": fold, "weight": weight}
            for (seed, fold), weight in chosen.items()
        ],
        "test_ua": {
            f"{weight:g}": [run["ua"] for run in metrics["runs"]]
            for weight, metrics in results.items()
        },
        "training_seconds": sum(each["training_seconds"] for each in results.values()),
    }


def _weighted(config, weight: float):
    transfer = config.transfer.model_copy(update={"weight": weight})
    return config.model_copy(update={"transfer": transfer})


def _chosen(results: dict[float, dict]) -> dict[tuple[int, str], float]:
    """Weight of each seed and fold, by its figures on the validation part."""
    figures: dict[tuple[int, str], list[Figure]] = {}
    for weight, metrics in results.items():
        for run in metrics["runs"]:
            value = run["validation"]["ua"]
            figure = Figure("validation.ua", value, "validation", run["fold"], weight)
            figures.setdefault((run["seed"], run["fold"]), []).append(figure)
    return {place: select_best(each).candidate for place, each in figures.items()}

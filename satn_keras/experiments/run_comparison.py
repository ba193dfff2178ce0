"""Two or more finished runs on the same test utterances, compared."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence

import pandas as pd

from satn_keras.errors import ArtifactError, ProtocolError
from satn_keras.evaluation import (
    McNemar,
    SystemComparison,
    compare_systems,
    holm,
    mcnemar,
    z_test,
)
from satn_keras.experiments.cross_scores import read_predictions
from satn_keras.experiments.predictions import truth_and_posteriors
from satn_keras.experiments.run_directory import RunDirectory

ROW = ["seed", "fold", "key"]
_COLUMNS = {*ROW, "speaker", "truth"}


@dataclasses.dataclass(frozen=True)
class RunComparison:
    """One run against the baseline, on the utterances that both were tested on.

    Attributes:
        path: the run's folder.
        baseline: folder of the run it is compared with.
        result: differences and tests.
        left_out: decisions of either that the other has not.
    """

    path: pathlib.Path
    baseline: pathlib.Path
    result: SystemComparison
    left_out: int


def compare_runs(paths: Sequence[str | os.PathLike]) -> list[RunComparison]:
    """Each of the runs against the first.

    Decisions are paired by utterance, and by seed and fold where both are
    cross-validations: a seed of one is compared with the same seed of the other.
    McNemar's test and the z-test are of the first common seed alone.

    Args:
        paths: folders of runs or of cross-validations; the first is the baseline.

    Raises:
        ArtifactError: if one is not finished, or their classes differ.
        ProtocolError: if two have no test utterance in common, or other truths.
    """
    paths = [pathlib.Path(path) for path in paths]
    baseline, *others = [_Decisions.of(path) for path in paths]
    return [_compare(each, baseline) for each in others]


def comparison_table(comparisons: Sequence[RunComparison]) -> pd.DataFrame:
    """Differences, intervals and p-values, those adjusted for their number."""
    adjusted = holm([each.result.ua_permutation_p_value for each in comparisons])
    rows = []
    for each, p_value in zip(comparisons, adjusted, strict=True):
        result = each.result
        rows.append(
            {
                "run": each.path.name,
                "ua minus baseline's": result.ua.value,
                f"{result.ua.level:.0%} interval": _range(result.ua),
                "interval with seeds": _range(result.ua_with_seeds),
                "p, speakers swapped": result.ua_permutation_p_value,
                "p, Holm": p_value,
                "wa minus baseline's": result.wa.value,
                "p, McNemar": result.mcnemar.p_value,
                "p, z-test": result.z_p_value,
                "decisions": result.num_utterances,
            }
        )
    return pd.DataFrame(rows)


def _range(interval) -> str | None:
    if interval is None:  # of a single seed
        return None
    return f"{interval.low:+.3f} to {interval.high:+.3f}"


@dataclasses.dataclass(frozen=True)
class _Decisions:
    path: pathlib.Path
    table: pd.DataFrame  # indexed by `ROW`, or by key alone for a single run
    classes: tuple[str, ...]
    is_crossed: bool

    @classmethod
    def of(cls, path: pathlib.Path) -> _Decisions:
        table = read_predictions(path)
        classes = tuple(name for name in table.columns if name not in _COLUMNS)
        metrics = RunDirectory(path).read_json("metrics.json")
        return cls(path, table, classes, metrics.get("kind") == "cross-validation")


def _compare(run: _Decisions, baseline: _Decisions) -> RunComparison:
    if sorted(run.classes) != sorted(baseline.classes):
        raise ArtifactError(
            f"{run.path}: its classes ({', '.join(run.classes)}) are not those of "
            f"{baseline.path} ({', '.join(baseline.classes)}). Compare runs of the "
            "same classes."
        )
    index = ROW if run.is_crossed and baseline.is_crossed else ["key"]
    ours, theirs = (each.table.set_index(index) for each in (run, baseline))
    for each, indexed in ((run, ours), (baseline, theirs)):
        if not indexed.index.is_unique:
            raise ProtocolError(
                f"{each.path}: several seeds decided on the same utterances, and the "
                "other is a single run. Compare it with one of the runs in it."
            )
    common = ours.index.intersection(theirs.index)
    if common.empty:
        raise ProtocolError(
            f"{run.path} and {baseline.path} have no test utterance in common. "
            "Compare runs of the same folds and seeds."
        )
    ours, theirs = ours.loc[common], theirs.loc[common]
    if (ours["truth"] != theirs["truth"]).any():
        raise ProtocolError(
            f"{run.path} and {baseline.path}: the same key has another label. Compare "
            "runs of the same manifest."
        )
    labels, posteriors = truth_and_posteriors(ours, baseline.classes)
    _, others = truth_and_posteriors(theirs, baseline.classes)
    crossed = run.is_crossed and baseline.is_crossed
    seeds = common.get_level_values("seed").tolist() if crossed else None
    speakers = ours["speaker"].tolist()
    result = compare_systems(labels, posteriors, others, speakers, training_seeds=seeds)
    if crossed:
        # To these two tests utterances are what is drawn: several seeds on the same
        # ones are no more of them.
        first = common.get_level_values("seed") == common.get_level_values("seed")[0]
        single = mcnemar(labels[first], posteriors[first], others[first])
        result = dataclasses.replace(result, mcnemar=single, z_p_value=_z_test(single))
    left_out = len(run.table) + len(baseline.table) - 2 * len(common)
    return RunComparison(run.path, baseline.path, result, left_out)


def _z_test(counts: McNemar) -> float:
    right = counts.both_right + counts.only_system_right
    base_right = counts.both_right + counts.only_baseline_right
    total = right + counts.only_baseline_right + counts.both_wrong
    return z_test(right, total, base_right, total)

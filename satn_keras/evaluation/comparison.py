"""Two systems on the same utterances: how far apart, and how surely."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from satn_keras.evaluation.mcnemar import McNemar, mcnemar
from satn_keras.evaluation.permutation import permutation_p_value
from satn_keras.evaluation.resampling import resample, resample_with_seeds
from satn_keras.evaluation.statistics import Interval, interval_of, z_test


@dataclasses.dataclass(frozen=True)
class SystemComparison:
    """Difference of a system to a baseline, with the tests of it.

    The first three fields of each metric take whole speakers for the independent
    units, which they are; `mcnemar` and `z_p_value` take utterances, so that they
    find too much: they are here to stand beside published ones.

    Args:
        ua: system's unweighted accuracy minus the baseline's, with its interval.
        ua_p_value: two-sided, of the bootstrap over speakers.
        ua_permutation_p_value: two-sided, of decisions swapped speaker by speaker;
            the one to quote where there are few speakers.
        wa, wa_p_value, wa_permutation_p_value: the same of the weighted accuracy.
        mcnemar: two-sided test of the share of right decisions, with the counts
            of utterances that both, one or neither got right.
        z_p_value: one-tailed test that the share of right decisions is higher; it
            ignores even that both systems heard the same utterances.
        num_utterances: how many both decided on.
        ua_with_seeds: interval of the difference of UA where seeds of the training are
            drawn as well as speakers; None of a single seed.
    """

    ua: Interval
    ua_p_value: float
    ua_permutation_p_value: float
    wa: Interval
    wa_p_value: float
    wa_permutation_p_value: float
    mcnemar: McNemar
    z_p_value: float
    num_utterances: int
    ua_with_seeds: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same values for JSON."""
        return dataclasses.asdict(self)


def compare_systems(
    labels: Any,
    predictions: Any,
    baseline: Any,
    speakers: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    training_seeds: Sequence[int] | None = None,
) -> SystemComparison:
    """Difference of two systems, by every test that is asked for in print.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: the same of the system to compare with, for the same utterances
            in the same order.
        speakers: (utterances,), who speaks.
        level: share of the resampled differences that the intervals hold.
        resamples: how many times to draw.
        seed: of the draws.
        training_seeds: (utterances,), which training decided, where several did.

    Returns:
        `SystemComparison`.

    Raises:
        ValueError: if lengths disagree, `level` lies outside (0, 1) or
            `resamples` is below 1.

    Example:
        >>> labels, speakers = [0, 1] * 4, ["a"] * 4 + ["b"] * 4
        >>> result = compare_systems(labels, labels, [0] * 8, speakers)
        >>> str(result.ua), result.mcnemar.only_system_right
        ('0.500 [0.500, 0.500]', 4)

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021: the z-test. Dietterich, Approximate statistical tests for
        comparing supervised classification learning algorithms, 1998: McNemar.
    """
    parts = (labels, predictions, baseline, speakers)
    fields: dict[str, Any] = {}
    for metric in ("ua", "wa"):
        resampled = resample(*parts, resamples, seed, metric)
        fields[metric] = interval_of(resampled, level)
        fields[f"{metric}_p_value"] = resampled.p_value
        fields[f"{metric}_permutation_p_value"] = permutation_p_value(
            *parts, resamples=resamples, seed=seed, metric=metric
        )
    if training_seeds is not None and len(set(training_seeds)) > 1:
        resampled = resample_with_seeds(*parts, training_seeds, resamples, seed)
        fields["ua_with_seeds"] = interval_of(resampled, level)
    pairs = mcnemar(labels, predictions, baseline)
    total = len(labels)
    return SystemComparison(
        **fields,
        mcnemar=pairs,
        z_p_value=z_test(
            pairs.both_right + pairs.only_system_right,
            total,
            pairs.both_right + pairs.only_baseline_right,
            total,
        ),
        num_utterances=total,
    )

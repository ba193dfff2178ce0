"""McNemar's test of two systems that decided on the same utterances."""

from __future__ import annotations

import dataclasses
from typing import Any

from scipy import stats

from satn_keras.evaluation.resampling import right_decisions

FEW = 25  # discordant pairs; below them chi-square is no good approximation


@dataclasses.dataclass(frozen=True)
class McNemar:
    """Counts of right decisions in pairs, and their p-value.

    Args:
        both_right, only_system_right, only_baseline_right, both_wrong: utterances.
        statistic: the smaller discordant count where the test is exact, else
            chi-square with continuity correction.
        p_value: two-sided.
        exact: whether the binomial distribution gave the p-value.
    """

    both_right: int
    only_system_right: int
    only_baseline_right: int
    both_wrong: int
    statistic: float
    p_value: float
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """The same values for JSON."""
        return dataclasses.asdict(self)


def mcnemar(labels: Any, predictions: Any, baseline: Any) -> McNemar:
    r"""Whether one of two systems is right more often where only one of them is.

    With b utterances that only the system gets right and c that only the baseline
    does, b follows the binomial distribution of b + c halves where both are equally
    good; from 25 discordant utterances on

    $$\chi^2 = \frac{(|b - c| - 1)^2}{b + c}$$

    serves instead. The test asks about the share of right decisions (WA), and
    takes utterances for independent, which those of one speaker are not.

    Args:
        labels: (utterances,), class indices of the truth.
        predictions: decisions or posteriors of the system.
        baseline: the same of the system to compare with.

    Returns:
        `McNemar`.

    Raises:
        ValueError: if the three are not equally many class indices.

    Example:
        >>> test = mcnemar([0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 1, 1, 1, 1])
        >>> test.only_system_right, test.only_baseline_right, test.p_value
        (3, 0, 0.25)

    References:
        McNemar, Note on the sampling error of the difference between correlated
        proportions or percentages, 1947. Edwards, Note on the correction for
        continuity, 1948.
    """
    labels, system = right_decisions(labels, predictions)
    _, base = right_decisions(labels, baseline)
    gained = int((system > base).sum())
    lost = int((system < base).sum())
    exact = gained + lost < FEW
    if exact:
        statistic = float(min(gained, lost))
        half = stats.binom.cdf(min(gained, lost), gained + lost, 0.5)
        p_value = min(1.0, 2 * half)
    else:
        statistic = max(abs(gained - lost) - 1, 0) ** 2 / (gained + lost)
        p_value = stats.chi2.sf(statistic, 1)
    both = int((system & base).sum())
    return McNemar(
        both_right=both,
        only_system_right=gained,
        only_baseline_right=lost,
        both_wrong=len(labels) - both - gained - lost,
        statistic=statistic,
        p_value=float(p_value),
        exact=exact,
    )

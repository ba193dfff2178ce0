"""When a trial that is clearly behind the best stops between folds."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable, Mapping

from satn_keras.errors import ConfigError

Figures = Mapping[str, float]  # inner fold -> mean UA over seeds


@dataclasses.dataclass(frozen=True)
class Pruning:
    """Rule that stops a trial: so far behind, after so many folds.

    A trial is compared with the best finished one on the folds that it has run
    itself, so that folds of easy speakers favour neither. It stops where its mean
    is more than `margin` below the other's.

    Args:
        margin: of unweighted accuracy.
        after: folds that every trial runs.

    Raises:
        ConfigError: if a value is out of range.

    Example:
        >>> best = {"anna": 0.6, "bert": 0.5, "cora": 0.4}
        >>> rule = Pruning(margin=0.1, after=2)
        >>> rule.stops({"anna": 0.4}, best)  # one fold says little
        False
        >>> rule.stops({"anna": 0.4, "bert": 0.45}, best)  # 0.425 against 0.55
        True
    """

    margin: float = 0.1
    after: int = 2

    def __post_init__(self):
        if not 0 < self.margin < 1:
            raise ConfigError(
                "--prune-margin must be above 0 and below 1. "
                f"Received: {self.margin:g}."
            )
        if self.after < 1:
            raise ConfigError(
                f"--prune-after must be at least 1 fold. Received: {self.after}."
            )

    def stops(self, own: Figures, best: Figures | None) -> bool:
        """Whether a trial of these figures stops here.

        Args:
            own: of the folds that it has run.
            best: of the best finished trial; None where there is none yet.
        """
        if best is None or len(own) < self.after or len(own) >= len(best):
            return False
        return deficit(own, best) > self.margin


def deficit(own: Figures, best: Figures) -> float:
    """How far the mean of `own` is below that of `best` on the same folds.

    Example:
        >>> round(deficit({"anna": 0.4}, {"anna": 0.6, "bert": 0.1}), 3)
        0.2
    """
    return statistics.fmean(best[fold] - own[fold] for fold in own)


def expected(own: Figures, best: Figures) -> float:
    """Mean that a stopped trial would reach, were it as far behind on every fold.

    The search algorithm is told this figure: the mean of the folds that were run
    would make a trial that began with easy speakers look better than it was.

    Example:
        >>> round(expected({"anna": 0.4}, {"anna": 0.6, "bert": 0.1}), 3)
        0.15
    """
    return statistics.fmean(best.values()) - deficit(own, best)


def best_of(finished: Iterable[Figures]) -> Figures | None:
    """Figures of the best mean over all folds; the first of equals.

    Example:
        >>> best_of([{"a": 0.2, "b": 0.4}, {"a": 0.1, "b": 0.6}])
        {'a': 0.1, 'b': 0.6}
    """
    return max(
        finished, key=lambda figures: statistics.fmean(figures.values()), default=None
    )

"""The ledger of a fold: what each part is used for, and where each figure is from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Iterable

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import PARTS, Fold
from satn_keras.experiments.folds.fold import listed, told


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number, with the part of the fold that it was measured on.

    Args:
        name: Such as "validation_ua".
        value: The number.
        part: "train", "validation" or "test".
        fold: Name of the fold.
        candidate: What the number speaks for, such as a transfer weight, where
            several were tried.

    Raises:
        ProtocolError: if there is no such part.
    """

    name: str
    value: float
    part: str
    fold: str
    candidate: Hashable = None

    def __post_init__(self):
        if self.part not in PARTS:
            raise ProtocolError(
                f"figure {self.name!r} of fold {self.fold!r}: the part must be "
                f"{', '.join(PARTS)}. Received: {self.part!r}."
            )


def select_best(figures: Iterable[Figure], higher_is_better: bool = True) -> Figure:
    """The best of comparable figures; never one of a test part.

    All must be of one fold: the validation speakers of a fold are test speakers of
    another, so that what was best on average over folds has been chosen on the
    test speakers of each.

    Args:
        figures: One or more, of one name and one fold. The first of equals wins.
        higher_is_better: Whether the greatest or the least is best.

    Raises:
        ProtocolError: if a figure is of a test part or is not a number, they are of
            several folds or names, or there is none.

    Example:
        >>> tried = [
        ...     Figure("validation_ua", ua, "validation", "EB0", candidate=weight)
        ...     for weight, ua in ((0.0, 0.41), (0.1, 0.48), (1.0, 0.44))
        ... ]
        >>> select_best(tried).candidate
        0.1
    """
    figures = list(figures)
    _check_selectable(figures)
    sign = 1 if higher_is_better else -1
    return max(figures, key=lambda figure: sign * figure.value)


class Protocol:
    """Ledger of one fold: test speech is given out once, after all selecting.

    Args:
        fold: The fold.

    Example:
        >>> from satn_keras.corpora import Utterance
        >>> a, b, c = (
        ...     Manifest([Utterance(name, f"{name}.wav", speaker=name)])
        ...     for name in "abc"
        ... )
        >>> protocol = Protocol(Fold("c", train=a, validation=b, test=c))
        >>> protocol.check_training_parts(protocol.train, protocol.validation)
        >>> _ = protocol.record("validation_ua", 0.5, "validation")
        >>> scored = protocol.open_test()
        >>> _ = protocol.record("ua", 0.4, "test")
        >>> protocol.to_dict()
        {'validation_ua': 'validation', 'ua': 'test'}
    """

    def __init__(self, fold: Fold):
        self._fold = fold
        self._parts: dict[str, str] = {}
        self._test_is_open = False

    @property
    def name(self) -> str:
        """Name of the fold."""
        return self._fold.name

    @property
    def train(self) -> Manifest:
        """What models learn from."""
        return self._fold.train

    @property
    def validation(self) -> Manifest:
        """What selects epochs and settings."""
        return self._fold.validation

    @property
    def speaker_independent(self) -> bool:
        """Whether no test speaker is heard in training or validation."""
        return self._fold.speaker_independent

    def open_test(self) -> Manifest:
        """The test part, given out once, for scoring. Selecting ends here.

        Raises:
            ProtocolError: at the second call.
        """
        if self._test_is_open:
            raise ProtocolError(
                f"fold {self.name!r}: the test part has been opened before. Score it "
                "once, and keep the predictions."
            )
        self._test_is_open = True
        return self._fold.test

    def record(
        self, name: str, value: float, part: str, candidate: Hashable = None
    ) -> Figure:
        """Enter a figure and the part it was measured on.

        Raises:
            ProtocolError: if there is no such part, the name stands for another part
                already, or the test part has not been opened.
        """
        figure = Figure(name, float(value), part, self.name, candidate)
        if part == "test" and not self._test_is_open:
            raise ProtocolError(
                f"fold {self.name!r}: figure {name!r} is of the test part, which has "
                "not been opened. Select first, then call open_test()."
            )
        before = self._parts.setdefault(name, part)
        if before != part:
            raise ProtocolError(
                f"fold {self.name!r}: figure {name!r} stands for {before} already. "
                f"Give the figure of {part} another name."
            )
        return figure

    def select(
        self, figures: Iterable[Figure], higher_is_better: bool = True
    ) -> Figure:
        """The best of figures of this fold, before its test part is opened.

        Raises:
            ProtocolError: as `select_best`, or if a figure is of another fold, or
                the test part has been opened.
        """
        self._check_closed("selecting")
        best = select_best(figures, higher_is_better)
        if best.fold != self.name:
            raise ProtocolError(
                f"fold {self.name!r}: figure {best.name!r} is of fold {best.fold!r}. "
                "Choose by figures of the same fold."
            )
        return best

    def require_selectable(self, manifest: Manifest) -> None:
        """Refuse utterances that a selecting component must not see.

        For what selects besides training: a search, an early stop of one's own.

        Raises:
            ProtocolError: if an utterance, its sound file, its speaker (its sentence,
                where the protocol keeps sentences apart) is in the test part, or the
                test part has been opened.
        """
        self._check_closed("training or selecting")
        self._check_apart("the utterances to train or select on", manifest, "test")

    def check_training_parts(self, train: Manifest, validation: Manifest) -> None:
        """Refuse what would train on the validation part, or on or by the test part.

        Args:
            train: What a system is about to learn from.
            validation: What is about to select its epoch and settings.

        Raises:
            ProtocolError: if `train` shares with the fold's validation or test part
                what the fold keeps apart, `validation` with its train or test part,
                or the test part has been opened.
        """
        self._check_closed("training")
        for other in ("test", "validation"):
            self._check_apart("the training utterances", train, other)
        for other in ("test", "train"):
            self._check_apart("the validation utterances", validation, other)

    def to_dict(self) -> dict[str, str]:
        """Part of each figure by name, for `protocol.json`."""
        return dict(self._parts)

    def _check_closed(self, doing: str) -> None:
        if self._test_is_open:
            raise ProtocolError(
                f"fold {self.name!r}: {doing} after the test part was opened. Choose "
                "on validation first, and score the test part last."
            )

    def _check_apart(self, whose: str, manifest: Manifest, part: str) -> None:
        for what in self._fold.disjoint:
            shared = told(what, manifest) & told(what, getattr(self._fold, part))
            if shared:
                raise ProtocolError(
                    f"fold {self.name!r}: {whose} share {what} {listed(shared)} with "
                    f"its {part} part. Hand over the fold's own parts."
                )


def _check_selectable(figures: list[Figure]) -> None:
    if not figures:
        raise ProtocolError("selecting needs at least one figure. Received: none.")
    for figure in figures:
        if figure.part == "test":
            raise ProtocolError(
                f"selecting on a test fold: figure {figure.name!r} of fold "
                f"{figure.fold!r} came from test. Choose on validation."
            )
        if math.isnan(figure.value):
            raise ProtocolError(
                f"figure {figure.name!r} of fold {figure.fold!r} is not a number. "
                "Leave out the candidate whose training failed."
            )
    for what in ("fold", "name", "part"):
        different = {getattr(figure, what) for figure in figures}
        if len(different) > 1:
            raise ProtocolError(
                f"figures to select among must be of one {what}. Received: "
                f"{listed(different)}."
            )

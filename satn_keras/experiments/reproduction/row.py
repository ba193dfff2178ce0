"""One line of a published table: a recipe, its changes, and what was printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """One system of a table, as it is run here and as it was published.

    Args:
        key: of the command line and of the row's folder.
        name: as printed.
        recipe: name of the file in `recipes`, without its ending.
        changes: "key=value" of the recipe.
        published: percent, by "dev_wa", "dev_ua", "wa" and "ua"; what no source
            prints is absent.
        note: on the published figures.
        baseline: key of the row it is compared with.
        control_of: key of the row whose map it replaces, for a control.
        variant: utterances of the corpus that it hears, where the corpus has
            several (`corpora.VARIANTS`).
        only: corpora that have its variant; every corpus when empty.
        session_changes: "key=value" where folds leave sessions out.
        copies: whether it compares maps with a teacher, which a weight of 0 would
            leave out.
    """

    key: str
    name: str
    recipe: str
    changes: tuple[str, ...] = ()
    published: Mapping[str, float] = dataclasses.field(default_factory=dict)
    note: str = ""
    baseline: str | None = None
    control_of: str | None = None
    variant: str = "improvised"
    only: tuple[str, ...] = ()
    session_changes: tuple[str, ...] = ()
    copies: bool = False


@dataclasses.dataclass(frozen=True)
class Table:
    """A published table.

    Args:
        name: of the command line.
        title: as printed.
        rows: its systems, each after the row it is compared with.
        source: where the figures were printed.
        reference: key of the row that every system is compared with besides.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    source: str
    reference: str | None = None

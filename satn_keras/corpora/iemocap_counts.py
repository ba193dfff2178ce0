"""Published numbers of IEMOCAP's turns, held against those of a manifest."""

from __future__ import annotations

import collections
import dataclasses
import warnings
from collections.abc import Mapping

from satn_keras.corpora.manifest import Manifest

ALL = "all"  # the row of all sessions together


class CountWarning(UserWarning):
    """A corpus whose numbers of turns differ from the published ones."""


@dataclasses.dataclass(frozen=True)
class CountTable:
    """Turns of each class, in each session or in all of them.

    Args:
        title: What is counted.
        source: Where it is published.
        style: "improvised", or "all" for improvised and scripted turns.
        merge_excited: Whether excited turns count as happy.
        rows: Number of turns of each class (inner), by session such as "Ses01" or
            "all" (outer).
    """

    title: str
    source: str
    style: str
    merge_excited: bool
    rows: Mapping[str, Mapping[str, int]]


PUBLISHED_COUNTS = {
    "improvised": CountTable(
        "improvised turns, excited counted as happy",
        "Zhao et al. 2021, table 1",
        style="improvised",
        merge_excited=True,
        rows={
            "Ses01": {"neutral": 223, "happy": 132, "sad": 104, "angry": 62},
            "Ses02": {"neutral": 217, "happy": 191, "sad": 100, "angry": 22},
            "Ses03": {"neutral": 198, "happy": 149, "sad": 190, "angry": 90},
            "Ses04": {"neutral": 174, "happy": 195, "sad": 81, "angry": 84},
            "Ses05": {"neutral": 287, "happy": 280, "sad": 133, "angry": 31},
        },
    ),
    "all": CountTable(
        "improvised and scripted turns, excited counted as happy",
        "Zhao et al. 2018, dataset 2",
        style="all",
        merge_excited=True,
        rows={ALL: {"neutral": 1708, "happy": 1636, "sad": 1084, "angry": 1103}},
    ),
    "dataset1": CountTable(
        "improvised and scripted turns, without the excited",
        "Zhao et al. 2018, dataset 1",
        style="all",
        merge_excited=False,
        rows={ALL: {"neutral": 1708, "happy": 595, "sad": 1084, "angry": 1103}},
    ),
}


def count_turns(manifest: Manifest, table: CountTable) -> dict[str, dict[str, int]]:
    """Turns of the manifest in the rows and classes of `table`.

    Args:
        manifest: Turns of IEMOCAP.
        table: What to count.
    """
    found: collections.Counter = collections.Counter()
    for turn in manifest:
        if table.style not in (ALL, turn.style):
            continue
        excited = table.merge_excited and turn.label == "excited"
        label = "happy" if excited else turn.label
        found.update([(turn.session, label), (ALL, label)])
    return {
        session: {label: found[session, label] for label in row}
        for session, row in table.rows.items()
    }


def check_counts(
    manifest: Manifest, style: str = "all", merge_excited: bool = True
) -> None:
    """Warn where the numbers of turns differ from those published.

    Each table of `PUBLISHED_COUNTS` that the manifest can answer is compared; there
    is none of the scripted turns alone. Where they agree nothing is said.

    Args:
        manifest: Turns of the whole corpus.
        style: Which of them it has, "all", "improvised" or "scripted".
        merge_excited: Whether its excited turns are already labelled happy.

    Warns:
        CountWarning: with both tables side by side.

    References:
        Zhao et al., Self-attention transfer networks for speech emotion recognition,
        VRIH 3(1), 2021. Zhao et al., Exploring spatio-temporal representations by
        integrating attention-based bidirectional-LSTM-RNNs and FCNs for speech
        emotion recognition, Interspeech 2018.
    """
    for table in PUBLISHED_COUNTS.values():
        if style not in (ALL, table.style):
            continue
        if merge_excited and not table.merge_excited:
            continue  # who of the happy was excited is no longer known
        found = count_turns(manifest, table)
        if found != table.rows:
            warnings.warn(_beside(found, table), CountWarning, stacklevel=3)


def _beside(found: Mapping[str, Mapping[str, int]], table: CountTable) -> str:
    classes = list(next(iter(table.rows.values())))
    names = [*classes, ALL]
    width = 1 + max(map(len, names))
    block = width * len(names)
    lines = [
        f"IEMOCAP, {table.title}: the counts differ from those of {table.source}.",
        f"{'':8}{'found':^{block}}   {'published':^{block}}",
        f"{'session':8}{_cells(names, width)}   {_cells(names, width)}",
    ]
    pairs = {name: (found[name], row) for name, row in table.rows.items()}
    if ALL not in pairs:
        pairs[ALL] = (_column_sums(found), _column_sums(table.rows))
    for name, sides in pairs.items():
        cells = (_cells([*side.values(), sum(side.values())], width) for side in sides)
        lines.append(f"{name:8}{'   '.join(cells)}")
    return "\n".join(line.rstrip() for line in lines)


def _column_sums(rows: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    sums: collections.Counter = collections.Counter()
    for row in rows.values():
        sums.update(row)
    return dict(sums)


def _cells(values, width: int) -> str:
    return "".join(f"{value:>{width}}" for value in values)

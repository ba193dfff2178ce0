"""IEMOCAP's evaluation files: the emotion that most annotators heard in each turn."""

from __future__ import annotations

import pathlib
import re
from typing import NamedTuple

from satn_keras.corpora.iemocap_names import Turn, parse_turn
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.errors import CorpusError

# The release's codes. Of "xxx" no emotion has a majority: no label.
IEMOCAP_EMOTIONS = {
    "ang": "angry",
    "hap": "happy",
    "exc": "excited",
    "sad": "sad",
    "neu": "neutral",
    "fru": "frustrated",
    "fea": "fear",
    "sur": "surprise",
    "dis": "disgust",
    "oth": "other",
    "xxx": "",
}
NUMBER = r"-?\d+(?:\.\d+)?"
SUMMARY = re.compile(
    rf"\[{NUMBER} - {NUMBER}\]\t"
    r"(?P<turn>[^\t]+)\t(?P<code>[^\t]+)\t"
    rf"\[{NUMBER}, {NUMBER}, {NUMBER}\]"
)
REMEDY = "Get an unchanged copy of the corpus."


class Label(NamedTuple):
    """Emotion of one turn.

    Args:
        line: Line of the evaluation file, the first is 1.
        turn: The turn.
        emotion: In plain words, "" where the annotators' votes have no majority.
    """

    line: int
    turn: Turn
    emotion: str


def read_labels(path: pathlib.Path) -> dict[str, Label]:
    """Label of each turn in an evaluation file, by the turn's name, in file order.

    A turn has one summary line, `[start - end]`, name, code and three dimensions
    with tabs between them. The votes of the single annotators follow it ("C-E2:" and
    "A-E3:" of evaluators, "C-F1:" and "A-M1:" of the actors themselves) and are not
    read.

    Args:
        path: Such as Session1/dialog/EmoEvaluation/Ses01F_impro01.txt.

    Raises:
        CorpusError: if a summary line, a turn's name or a code is not as published,
            or a turn stands twice or belongs to another dialog. The message names
            the line.
    """
    labels: dict[str, Label] = {}
    for number, line in numbered_lines(path):
        if not line.startswith("["):
            continue  # header, empty line or vote of one annotator
        label = _label(path, number, line)
        name = label.turn.name
        if name in labels:
            raise CorpusError(
                f"{path}:{number}: turn {name!r} is also on line {labels[name].line}. "
                f"{REMEDY}"
            )
        labels[name] = label
    return labels


def turn_of_file(path: pathlib.Path, number: int, name: str) -> Turn:
    """Turn `name`, read on line `number` of a file that bears its dialog's name.

    Args:
        path: A text file of one dialog.
        number: Line, the first is 1.
        name: Name of the turn.

    Raises:
        CorpusError: if the name has not the published form, or the turn is of
            another dialog than the file.
    """
    try:
        turn = parse_turn(name)
    except CorpusError as error:
        raise CorpusError(f"{path}:{number}: {error} {REMEDY}") from error
    if turn.dialog != path.stem:
        raise CorpusError(
            f"{path}:{number}: turn {name!r} is of another dialog than the file. "
            f"{REMEDY}"
        )
    return turn


def _label(path: pathlib.Path, number: int, line: str) -> Label:
    summary = SUMMARY.fullmatch(line)
    if summary is None:
        raise CorpusError(
            f"{path}:{number}: must be [start - end], turn, code and [valence, "
            f"activation, dominance] with tabs between them. Received: {line!r}. "
            f"{REMEDY}"
        )
    turn = turn_of_file(path, number, summary["turn"])
    if summary["code"] not in IEMOCAP_EMOTIONS:
        raise CorpusError(
            f"{path}:{number}: emotion code {summary['code']!r} is not one of "
            f"{', '.join(IEMOCAP_EMOTIONS)}. {REMEDY}"
        )
    return Label(number, turn, IEMOCAP_EMOTIONS[summary["code"]])

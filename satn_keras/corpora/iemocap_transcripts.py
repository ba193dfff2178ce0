"""IEMOCAP's transcription files: what was said in each turn."""

from __future__ import annotations

import pathlib
import re
from typing import NamedTuple

from satn_keras.corpora.iemocap_labels import REMEDY, turn_of_file
from satn_keras.corpora.iemocap_names import Turn
from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.errors import CorpusError

LINE = re.compile(r"(?P<turn>Ses\S+)\s+\[[-\d. ]+\]:?(?P<text>.*)")


class Transcript(NamedTuple):
    """Words of one turn.

    Args:
        line: Line of the transcription file, the first is 1.
        turn: The turn.
        text: As it stands, with events such as [LAUGHTER].
    """

    line: int
    turn: Turn
    text: str


def read_transcripts(path: pathlib.Path) -> dict[str, Transcript]:
    """Transcript of each turn in a transcription file, by the turn's name.

    A turn has one line, `name [start-end]: text`.

    Args:
        path: Such as Session1/dialog/transcriptions/Ses01F_impro01.txt.

    Raises:
        CorpusError: if a line or a turn's name is not as published, or a turn stands
            twice or belongs to another dialog. The message names the line.
    """
    transcripts: dict[str, Transcript] = {}
    for number, line in numbered_lines(path):
        # "M: ..." and "F: ..." are asides that were not cut out as turns.
        if not line.startswith("Ses"):
            continue
        transcript = _transcript(path, number, line)
        name = transcript.turn.name
        if name in transcripts:
            raise CorpusError(
                f"{path}:{number}: turn {name!r} is also on line "
                f"{transcripts[name].line}. {REMEDY}"
            )
        transcripts[name] = transcript
    return transcripts


def _transcript(path: pathlib.Path, number: int, line: str) -> Transcript:
    parts = LINE.fullmatch(line)
    if parts is None:
        raise CorpusError(
            f"{path}:{number}: must be a turn's name, [start-end]: and the text. "
            f"Received: {line!r}. {REMEDY}"
        )
    turn = turn_of_file(path, number, parts["turn"])
    return Transcript(number, turn, parts["text"].strip())

"""Names of IEMOCAP's turns, and what each part of a name tells."""

from __future__ import annotations

import dataclasses
import re

from satn_keras.errors import CorpusError

GENDERS = {"F": "female", "M": "male"}
FORM = re.compile(
    r"(?P<corpus>.{3})(?P<session>.{2})(?P<markers>.)"
    r"_(?P<scene>.+)"
    r"_(?P<speaker>.)(?P<number>.{3})"
)
SCENE = re.compile(r"(?P<scenario>impro\d\d|script\d\d_\d)(?P<take>[ab]?)", re.ASCII)
# Each part of a name: its pattern, and the pattern in words.
PARTS = {
    "corpus": (re.compile("Ses"), "Ses"),
    "session": (re.compile("0[1-5]"), "01 to 05"),
    "markers": (re.compile("[FM]"), "F or M, who wears the markers"),
    "scene": (SCENE, "improNN or scriptNN_N, with a or b for a second recording"),
    "speaker": (re.compile("[FM]"), "F or M, who speaks"),
    "number": (re.compile(r"\d{3}|XX\d", re.ASCII), "three digits, or XX and a digit"),
}


@dataclasses.dataclass(frozen=True)
class Turn:
    """One turn of a dialog, as its name tells.

    Args:
        session: "01" to "05".
        markers: "F" or "M", who wears the motion capture markers in this dialog.
            It says nothing about who speaks.
        scenario: Such as "impro05" or "script01_1": what is played, the same in
            all sessions.
        take: "a" or "b" where a scenario was recorded in two dialogs, else "".
        speaker: "F" or "M", who speaks.
        number: Three digits, or "XX" and a digit where nobody judged the turn.
    """

    session: str
    markers: str
    scenario: str
    take: str
    speaker: str
    number: str

    @property
    def dialog(self) -> str:
        """Name of the dialog, such as "Ses03M_impro05a"."""
        return f"Ses{self.session}{self.markers}_{self.scenario}{self.take}"

    @property
    def name(self) -> str:
        """Name of the turn, such as "Ses03M_impro05a_F017"."""
        return f"{self.dialog}_{self.speaker}{self.number}"

    @property
    def speaker_name(self) -> str:
        """One of the ten actors, such as "Ses03_F"."""
        return f"Ses{self.session}_{self.speaker}"

    @property
    def gender(self) -> str:
        """Of the speaker, "female" or "male"."""
        return GENDERS[self.speaker]

    @property
    def style(self) -> str:
        """Either "improvised" or "scripted"."""
        return "improvised" if self.scenario.startswith("impro") else "scripted"

    @property
    def judged(self) -> bool:
        """Whether annotators heard the turn; "XX" in the number says that none did."""
        return not self.number.startswith("XX")


def parse_turn(name: str) -> Turn:
    """The parts of a turn's name.

    Args:
        name: Such as "Ses01F_impro01_M012": session 1, the woman wears the markers,
            the man speaks.

    Raises:
        CorpusError: if the name is not of this form. The message names the part.

    Example:
        >>> parse_turn("Ses03M_impro05a_F017").speaker_name
        'Ses03_F'
    """
    parts = FORM.fullmatch(name)
    if parts is None:
        raise CorpusError(
            f"turn {name!r} is not of the form Ses01F_impro01_M012 "
            "(session, wearer of markers, scene, speaker, number)."
        )
    for part, (pattern, words) in PARTS.items():
        if not pattern.fullmatch(parts[part]):
            raise CorpusError(
                f"turn {name!r}: {part} must be {words}. Received: {parts[part]!r}."
            )
    scene = SCENE.fullmatch(parts["scene"])
    return Turn(
        session=parts["session"],
        markers=parts["markers"],
        scenario=scene["scenario"],
        take=scene["take"],
        speaker=parts["speaker"],
        number=parts["number"],
    )

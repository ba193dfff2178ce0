"""Reader of CREMA-D, acted speech in English with crowd votes (Cao et al. 2014)."""

from __future__ import annotations

import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.left_out import leave_out
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.published_tables import published_rows
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

CREMA_D_EMOTIONS = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
TEXTS = {
    "IEO": "It's eleven o'clock.",
    "TIE": "That is exactly what happened.",
    "IOM": "I'm on my way to the meeting.",
    "IWW": "I wonder what this is about.",
    "TAI": "The airplane is almost full.",
    "MTI": "Maybe tomorrow it will be cold.",
    "IWL": "I would like a new alarm clock.",
    "ITH": "I think I have a doctor's appointment.",
    "DFA": "Don't forget a jacket.",
    "ITS": "I think I've seen this before.",
    "TSI": "The surface is slick.",
    "WSI": "We'll stop in a couple of minutes.",
}
CREMA_D_NAMES = NamePattern(
    "CREMA-D",
    "1001_DFA_ANG_XX",
    (
        Part("actor", "10(?:0[1-9]|[1-8][0-9]|9[01])", "1001 to 1091"),
        "_",
        Part("sentence", "|".join(TEXTS), f"one of {', '.join(TEXTS)}"),
        "_",
        Part.of_codes("emotion", CREMA_D_EMOTIONS, "CREMA-D"),
        "_",
        # Until 2022 the release held 1040_ITH_SAD_X.wav, with one X.
        Part("level", "LO|MD|HI|XX?", "LO, MD, HI or XX"),
    ),
)
# Listed as bad in the notes of the release and by those who loaded it.
BAD_CLIPS = {
    "1064_IEO_DIS_MD": "a minute of every emotion",
    "1064_TIE_SAD_XX": "of no length",
    "1076_MTI_NEU_XX": "nearly empty",
    "1076_MTI_SAD_XX": "no audio",
}
# Column of the votes in summaryTable.csv, by those who heard or saw.
VOTES = {"voice": "VoiceVote", "face": "FaceVote", "multimodal": "MultiModalVote"}
LABELS = ("acted", *VOTES)
NAME_LENGTH = len("1001_DFA_ANG_XX")
LAYOUT = "CREMA-D holds AudioWAV/, VideoDemographics.csv and processedResults/."
CREMA_D_CARD = DataCard(
    name="crema-d",
    title="CREMA-D, Crowd-sourced Emotional Multimodal Actors Dataset",
    url="https://github.com/CheyneyComputerScience/CREMA-D",
    licence="ODbL 1.0, contents DbCL 1.0",
    access="public",
    language="en",
    speakers=91,
    utterances=7442,
    classes=tuple(CREMA_D_EMOTIONS.values()),
    reference="Cao et al., CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, "
    "IEEE Transactions on Affective Computing 5(4), 2014",
    notes=(
        "--labels acted (what was asked of the actor), voice, face or multimodal (the "
        "crowd's majority; a tie is no label)",
        *(f"{name} is left out: {why}" for name, why in BAD_CLIPS.items()),
        "a download without Git LFS holds pointers instead of sounds",
    ),
)


def read_crema_d(root: str | os.PathLike, labels: str = "acted") -> Manifest:
    """Manifest of CREMA-D, such as AudioWAV/1001_DFA_ANG_XX.wav.

    Genders come from VideoDemographics.csv where it is there. Four clips that are
    known to be bad are left out, with a `LeftOutWarning`.

    Args:
        root: Folder of the release.
        labels: "acted", what the actor was asked for; "voice", "face" or
            "multimodal", what most of those heard or saw who judged the clip, ""
            where two emotions tie.

    Raises:
        CorpusError: if there is no sound, a name or table does not fit, a clip has
            no row among the votes, or a sound is a pointer of Git LFS.

    References:
        Cao et al., IEEE Transactions on Affective Computing 5(4), 2014; codes and
        columns as in the release's README.
    """
    if labels not in LABELS:
        raise CorpusError(
            f"`labels` must be one of {', '.join(LABELS)}. Received: labels={labels!r}."
        )
    root = pathlib.Path(root)
    files = leave_out("CREMA-D", BAD_CLIPS, sounds_below(root, LAYOUT, (".wav",)))
    votes = None if labels == "acted" else _votes(root, VOTES[labels])
    genders = _genders(root / "VideoDemographics.csv")
    return Manifest(_utterance(path, genders, votes) for path in files.values())


def _utterance(
    path: pathlib.Path, genders: dict[str, str], votes: dict[str, str] | None
) -> Utterance:
    fields = CREMA_D_NAMES.read(path)
    _refuse_pointer(path)
    key = CREMA_D_NAMES.format(**{**fields, "level": fields["level"].ljust(2, "X")})
    label = CREMA_D_EMOTIONS[fields["emotion"]]
    if votes is not None:
        if key not in votes:
            raise CorpusError(
                f"{path}: no row of processedResults/summaryTable.csv. Get an "
                "unchanged copy of the table, or take --labels acted."
            )
        label = votes[key]
    return Utterance(
        key=key,
        path=str(path),
        speaker=fields["actor"],
        label=label,
        text=TEXTS[fields["sentence"]],
        language="en",
        dataset="crema-d",
        sentence=fields["sentence"],
        gender=genders.get(fields["actor"], ""),
        style="acted",
    )


def _votes(root: pathlib.Path, column: str) -> dict[str, str]:
    """The crowd's emotion of each clip, "" where several have as many votes."""
    table = root / "processedResults" / "summaryTable.csv"
    emotions = {code[0]: emotion for code, emotion in CREMA_D_EMOTIONS.items()}
    votes = {}
    for line, values in published_rows(table, ("FileName", column)):
        vote = values[column]
        unknown = set(vote.split(":")) - set(emotions)
        if unknown:
            raise CorpusError(
                f"{table}:{line}: column {column!r} must be letters of "
                f"{', '.join(emotions)} with colons between them. Received: {vote!r}. "
                "Get an unchanged copy of the corpus."
            )
        # As the clip's own name, one of them lacked an X until 2022.
        votes[values["FileName"].ljust(NAME_LENGTH, "X")] = emotions.get(vote, "")
    return votes


def _genders(table: pathlib.Path) -> dict[str, str]:
    if not table.exists():
        return {}
    rows = published_rows(table, ("ActorID", "Sex"))
    return {row.values["ActorID"]: row.values["Sex"].lower() for row in rows}


def _refuse_pointer(path: pathlib.Path) -> None:
    if path.stat().st_size < 200 and path.read_bytes().startswith(b"version https://"):
        raise CorpusError(
            f"{path}: a pointer of Git LFS, not a sound. Fetch the sounds with "
            "`git lfs pull`."
        )

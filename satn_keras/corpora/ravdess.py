"""Reader of RAVDESS, acted speech and song in English (Livingstone, Russo 2018)."""

from __future__ import annotations

import filecmp
import os
import pathlib

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.left_out import leave_out
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.sound_files import sounds_below
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

RAVDESS_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
CHANNELS = {"01": "speech", "02": "song"}
TEXTS = {
    "01": "Kids are talking by the door.",
    "02": "Dogs are sitting by the door.",
}
STYLES = ("all", *CHANNELS.values())
RAVDESS_NAMES = NamePattern(
    "RAVDESS",
    "03-01-06-01-02-01-12",
    (
        Part("modality", "03", "03 (audio alone; 01 and 02 are videos)"),
        "-",
        Part.of_codes("channel", CHANNELS, "RAVDESS"),
        "-",
        Part.of_codes("emotion", RAVDESS_EMOTIONS, "RAVDESS"),
        "-",
        Part("intensity", "0[12]", "01 (normal) or 02 (strong)"),
        "-",
        Part("statement", "0[12]", "01 (kids) or 02 (dogs)"),
        "-",
        Part("repetition", "0[12]", "01 or 02"),
        "-",
        Part("actor", "0[1-9]|1[0-9]|2[0-4]", "01 to 24"),
    ),
)
# Of the 2452 files two hold the same bytes, and six have two channels, which are the
# same in the five of speech. Found by comparing all files of the release.
IDENTICAL = ("03-01-03-01-02-01-07", "03-01-03-01-02-02-07")
STEREO = (
    "03-01-02-01-01-02-01",
    "03-01-08-01-02-02-01",
    "03-01-02-01-02-02-05",
    "03-01-03-01-02-01-20",
    "03-01-06-01-01-02-20",
    "03-02-01-01-01-01-24",
)
RAVDESS_CARD = DataCard(
    name="ravdess",
    title="RAVDESS, Ryerson Audio-Visual Database of Emotional Speech and Song",
    url="https://doi.org/10.5281/zenodo.1188976",
    licence="CC BY-NC-SA 4.0",
    access="public",
    language="en",
    speakers=24,
    utterances=2452,
    classes=tuple(RAVDESS_EMOTIONS.values()),
    reference="Livingstone and Russo, The Ryerson Audio-Visual Database of Emotional "
    "Speech and Song, PLoS ONE 13(5), 2018",
    notes=(
        "1440 files are speech, 1012 song (--style speech, song or all); actor 18 does "
        "not sing, and no song is disgusted or surprised",
        f"{IDENTICAL[0]} and {IDENTICAL[1]} are the same bytes: the second is left out",
        f"six files have two channels, which are read as their mean: "
        f"{', '.join(STEREO)}",
        "two sentences: the same words are heard in training and test",
    ),
)


def read_ravdess(root: str | os.PathLike, style: str = "all") -> Manifest:
    """Manifest of RAVDESS's audio files, such as Actor_12/03-01-06-01-02-01-12.wav.

    The style of an utterance is "speech" or "song", its sentence the statement. Men
    have odd numbers. The second of two files with the same bytes is left out, with a
    `LeftOutWarning`.

    Args:
        root: Folder with the folders Actor_01 to Actor_24, at any depth.
        style: "all", "speech" or "song".

    Raises:
        CorpusError: if there is no sound, a name does not fit, or a file lies in
            the folder of another actor.

    References:
        Livingstone and Russo, PLoS ONE 13(5), 2018; names as on
        https://zenodo.org/record/1188976.
    """
    if style not in STYLES:
        raise CorpusError(
            f"`style` must be one of {', '.join(STYLES)}. Received: style={style!r}."
        )
    files = sounds_below(root, "RAVDESS is folders Actor_01 to Actor_24 of WAV files.")
    kept = leave_out("RAVDESS", _copies(files), files)
    spoken = [_utterance(path) for path in kept.values()]
    chosen = Manifest(one for one in spoken if style in ("all", one.style))
    if not chosen:
        raise CorpusError(
            f"{root}: no file of style {style!r}, the {len(spoken)} files are all of "
            "the other. RAVDESS comes in an archive of speech and one of song: give "
            "the folder of both, or another --style."
        )
    return chosen


def _copies(files: dict[str, pathlib.Path]) -> dict[str, str]:
    """The known copy, if it is one in these files too."""
    first, second = IDENTICAL
    if first not in files or second not in files:
        return {}
    if not filecmp.cmp(files[first], files[second], shallow=False):
        return {}
    return {second: f"the same bytes as {first}"}


def _utterance(path: pathlib.Path) -> Utterance:
    fields = RAVDESS_NAMES.read(path)
    actor, style = fields["actor"], CHANNELS[fields["channel"]]
    label = RAVDESS_EMOTIONS[fields["emotion"]]
    _check(path, label, style, fields)
    return Utterance(
        key=path.stem,
        path=str(path),
        speaker=actor,
        label=label,
        text=TEXTS[fields["statement"]],
        language="en",
        dataset="ravdess",
        sentence=fields["statement"],
        gender="male" if int(actor) % 2 else "female",
        style=style,
    )


def _check(path: pathlib.Path, label: str, style: str, fields: dict[str, str]) -> None:
    """Refuse what RAVDESS's design does not hold, or a file of another actor."""
    remedy = "Check that the file's name and folder are unchanged."
    if style == "song" and label in ("disgust", "surprise"):
        raise CorpusError(f"{path}: emotion {label} is never sung. {remedy}")
    if label == "neutral" and fields["intensity"] == "02":
        raise CorpusError(f"{path}: neutral has no strong intensity. {remedy}")
    folder = path.parent.name
    if folder.startswith("Actor_") and folder != f"Actor_{fields['actor']}":
        raise CorpusError(
            f"{path}: actor {fields['actor']} in the folder {folder}. {remedy}"
        )

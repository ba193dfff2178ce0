"""Reader of IEMOCAP, acted and improvised dialogs in English (Busso et al. 2008)."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Sequence

from satn_keras.corpora.cards import DataCard
from satn_keras.corpora.iemocap_counts import check_counts
from satn_keras.corpora.iemocap_labels import (
    IEMOCAP_EMOTIONS,
    REMEDY,
    Label,
    read_labels,
)
from satn_keras.corpora.iemocap_names import parse_turn
from satn_keras.corpora.iemocap_transcripts import Transcript, read_transcripts
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.selection import keep_classes
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

SESSIONS = ("1", "2", "3", "4", "5")
STYLES = ("all", "improvised", "scripted")
RELEASE = "IEMOCAP_full_release"
IEMOCAP_CARD = DataCard(
    name="iemocap",
    title="IEMOCAP, Interactive Emotional Dyadic Motion Capture",
    url="https://sail.usc.edu/iemocap/iemocap_release.htm",
    licence="for research, after a signed release form",
    access="restricted",
    language="en",
    speakers=10,
    utterances=10039,
    classes=tuple(emotion for emotion in IEMOCAP_EMOTIONS.values() if emotion),
    reference="Busso et al., IEMOCAP: Interactive emotional dyadic motion capture "
    "database, Language Resources and Evaluation 42(4), 2008",
    notes=(
        "turns without a majority have no label; excited turns are labelled happy, or "
        "--keep-excited",
        "its page: docs/corpora/iemocap.md",
    ),
)


def read_iemocap(
    root: str | os.PathLike,
    style: str = "all",
    merge_excited: bool = True,
    classes: Sequence[str] | None = None,
) -> Manifest:
    """Manifest of the IEMOCAP release in its published layout.

    A turn's label is the emotion with the majority of the annotators' votes, ""
    where none has it. The speaker is one of ten actors, such as "Ses01_F", the
    session such as "Ses01". `sentence` is the scenario ("impro05", "script01_1"):
    all sessions play the same ones, so a scripted line of the training part may be
    one of the test part too. The text stands as published, events such as
    [LAUGHTER] included.

    Where the numbers of turns differ from those published, a `CountWarning` shows
    both.

    Args:
        root: Folder that holds Session1 to Session5, or the folder above it.
        style: "all", "improvised" or "scripted" turns.
        merge_excited: Whether excited turns are labelled happy, as in most
            publications with four classes.
        classes: Labels to keep, such as angry, happy, neutral, sad. Without it
            every turn is kept, those without a label included.

    Raises:
        CorpusError: if a turn lacks its sound, label or transcript, or a file or
            line is not as published. The message names file and line.

    References:
        Busso et al., IEMOCAP: Interactive emotional dyadic motion capture database,
        Language Resources and Evaluation 42(4), 2008.
    """
    if style not in STYLES:
        raise CorpusError(
            f"`style` must be one of {', '.join(STYLES)}. Received: style={style!r}."
        )
    if merge_excited and classes is not None and "excited" in classes:
        raise CorpusError(
            "class 'excited' is empty, since excited turns are labelled happy. Leave "
            "it out, or keep the excited apart (merge_excited=False, --keep-excited)."
        )
    root = _release(pathlib.Path(root))
    turns = Manifest(
        turn
        for session in SESSIONS
        for turn in _session(root, session, merge_excited)
        if style in ("all", turn.style)
    )
    check_counts(turns, style, merge_excited)
    return turns if classes is None else keep_classes(turns, classes)


def _release(root: pathlib.Path) -> pathlib.Path:
    if (root / RELEASE).is_dir():
        return root / RELEASE
    return root


def _session(
    root: pathlib.Path, session: str, merge_excited: bool
) -> Iterator[Utterance]:
    labels, transcripts, wavs = folders = (
        root / f"Session{session}" / "dialog" / "EmoEvaluation",
        root / f"Session{session}" / "dialog" / "transcriptions",
        root / f"Session{session}" / "sentences" / "wav",
    )
    for folder in folders:
        if not folder.is_dir():
            raise CorpusError(
                f"{folder}: missing. IEMOCAP is five folders Session1 to Session5, "
                "each with dialog/EmoEvaluation, dialog/transcriptions and "
                "sentences/wav. Check the path of the corpus."
            )
    dialogs = [path.stem for path in _listed(labels, ".txt")]
    _check_dialogs(session, dialogs, labels, wavs)
    for dialog in dialogs:
        yield from _dialog(
            labels / f"{dialog}.txt",
            transcripts / f"{dialog}.txt",
            wavs / dialog,
            merge_excited,
        )


def _check_dialogs(
    session: str, dialogs: list[str], labels: pathlib.Path, wavs: pathlib.Path
) -> None:
    if not dialogs:
        raise CorpusError(f"{labels}: no .txt file of a dialog in it. {REMEDY}")
    for dialog in dialogs:
        if not dialog.startswith(f"Ses0{session}"):
            raise CorpusError(
                f"{labels / dialog}.txt: not a dialog of session {session}. {REMEDY}"
            )
    for folder in _listed(wavs, ""):
        if folder.is_dir() and folder.name not in dialogs and _listed(folder, ".wav"):
            raise CorpusError(f"{folder}: no {folder.name}.txt in {labels}. {REMEDY}")


def _dialog(
    labels: pathlib.Path,
    transcripts: pathlib.Path,
    wavs: pathlib.Path,
    merge_excited: bool,
) -> Iterator[Utterance]:
    judged, said = read_labels(labels), read_transcripts(transcripts)
    files = {path.stem: path for path in _listed(wavs, ".wav")}
    for name, label in judged.items():
        if name not in files:
            raise CorpusError(
                f"{labels}:{label.line}: {wavs / name}.wav is missing. {REMEDY}"
            )
        if name not in said:
            raise CorpusError(
                f"{labels}:{label.line}: turn {name!r} is not in {transcripts}. "
                f"{REMEDY}"
            )
        yield _utterance(label, said[name], files[name], merge_excited)
    _check_judged(labels, judged, transcripts, said, files)


def _check_judged(labels, judged, transcripts, said, files) -> None:
    """Refuse transcripts and sounds without a label.

    A number such as "XX0" is of a turn that nobody judged: Ses03F_impro06_FXX0 has a
    transcript and a sound, others a transcript alone. They are left out.
    """
    for name, transcript in said.items():
        if name not in judged and transcript.turn.judged:
            raise CorpusError(
                f"{transcripts}:{transcript.line}: turn {name!r} is not in {labels}. "
                f"{REMEDY}"
            )
    for name in files.keys() - judged.keys():
        try:
            turn = parse_turn(name)
        except CorpusError as error:
            raise CorpusError(f"{files[name]}: {error} {REMEDY}") from error
        if turn.judged:
            raise CorpusError(f"{files[name]}: not in {labels}. {REMEDY}")


def _listed(folder: pathlib.Path, ending: str) -> list[pathlib.Path]:
    """Files or folders whose names have the ending, sorted.

    Names with a first point are left out: the release was packed on a Mac and has a
    "._Ses01F_impro01.txt" beside each file, and a ".DS_Store" here and there.
    """
    if not folder.is_dir():
        return []
    names = sorted(os.listdir(folder))
    return [
        folder / name
        for name in names
        if name.endswith(ending) and not name.startswith(".")
    ]


def _utterance(
    label: Label, transcript: Transcript, path: pathlib.Path, merge_excited: bool
) -> Utterance:
    turn, emotion = label.turn, label.emotion
    return Utterance(
        key=turn.name,
        path=os.path.abspath(path),
        speaker=turn.speaker_name,
        label="happy" if merge_excited and emotion == "excited" else emotion,
        text=transcript.text,
        language="en",
        dataset="iemocap",
        session=f"Ses{turn.session}",
        sentence=turn.scenario,
        gender=turn.gender,
        style=turn.style,
    )

"""IEMOCAP folders that lack something or hold what is not as published."""

import pytest

from satn_keras.corpora import read_iemocap
from satn_keras.errors import CorpusError
from tests.support.small_iemocap import WAV, places, write_dialog, write_iemocap

DIALOG = "Ses01F_impro01"


@pytest.fixture
def iemocap(tmp_path):
    """Folder with an improvised and a scripted dialog in each session."""
    return write_iemocap(tmp_path)


def edit(path, old, new):
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("F000\tneu", "F000\tNEU", r"01\.txt:3: emotion code 'NEU' is not one of ang,"),
        ("F000\tneu", "F000 neu", r"01\.txt:3: must be \[start - end\], turn, code"),
        ("_F000\t", "_X000\t", r"01\.txt:3: turn .*: speaker must be F or M"),
        ("_M000\t", "_F000\t", r"01\.txt:12: turn .*F000' is also on line 3"),
        ("Ses01F", "Ses02F", r"01\.txt:3: turn 'Ses02F_.* of another dialog"),
        ("F000\tneu", "F077\tneu", r"01\.txt:3: .*/Ses01F_impro01_F077\.wav is miss"),
    ],
)
def test_a_label_that_does_not_fit_is_refused_with_its_line(iemocap, old, new, message):
    labels, _, _ = places(iemocap, DIALOG)
    edit(labels, old, new)
    with pytest.raises(CorpusError, match=message):
        read_iemocap(iemocap)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("_F000 [", "_F000 ", r"01\.txt:1: must be a turn's name, \[start-end\]"),
        ("_F000 [", "_G000 [", r"01\.txt:1: turn .*: speaker must be F or M"),
        ("_M000 [", "_F000 [", r"01\.txt:2: turn .*F000' is also on line 1"),
        ("_F000 [", "_F077 [", r"txt:3: turn .*F000' is not in .*transcriptions"),
        ("M: [", f"{DIALOG}_F077 [1.0-2.0]: [", r"ns/.*:23: .*F077' is not in .*Emo"),
    ],
)
def test_a_transcript_that_does_not_fit_is_refused_with_its_line(
    iemocap, old, new, message
):
    _, transcripts, _ = places(iemocap, DIALOG)
    edit(transcripts, old, new)
    with pytest.raises(CorpusError, match=message):
        read_iemocap(iemocap)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"{DIALOG}/{DIALOG}_F077.wav", r"_F077\.wav: not in .*Ses01F_impro01\.txt"),
        (f"{DIALOG}/copy.wav", r"copy\.wav: turn 'copy' is not of the form"),
        ("Ses01F_impro09/Ses01F_impro09_F000.wav", r"no Ses01F_impro09\.txt in "),
    ],
)
def test_a_sound_without_a_label_is_refused_by_name(iemocap, name, message):
    path = places(iemocap, DIALOG)[2].parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(WAV)
    with pytest.raises(CorpusError, match=message):
        read_iemocap(iemocap)


def test_a_missing_sound_is_refused_with_the_line_of_its_label(iemocap):
    (places(iemocap, DIALOG)[2] / f"{DIALOG}_M000.wav").unlink()
    with pytest.raises(CorpusError, match=r"01\.txt:12: .*_M000\.wav is missing"):
        read_iemocap(iemocap)


def test_a_missing_transcription_file_is_refused_by_name(iemocap):
    places(iemocap, DIALOG)[1].unlink()
    with pytest.raises(CorpusError, match=r"transcriptions/Ses01F_impro01\.txt: cann"):
        read_iemocap(iemocap)


@pytest.mark.parametrize(
    "folder",
    ["Session3", "Session5/dialog/EmoEvaluation", "Session1/sentences/wav"],
)
def test_a_folder_that_is_not_iemocap_is_refused(iemocap, folder):
    (iemocap / folder).rename(iemocap / "elsewhere")
    with pytest.raises(CorpusError, match=f"{folder}.*: missing. IEMOCAP is five"):
        read_iemocap(iemocap)


def test_a_session_without_dialogs_is_refused(iemocap):
    for path in (iemocap / "Session4/dialog/EmoEvaluation").glob("*.txt"):
        path.unlink()
    with pytest.raises(CorpusError, match=r"Session4/.*: no \.txt file of a dialog"):
        read_iemocap(iemocap)


def test_a_dialog_in_another_session_s_folder_is_refused(iemocap):
    labels, _, _ = places(iemocap, DIALOG)
    labels.rename(iemocap / "Session2/dialog/EmoEvaluation" / labels.name)
    write_dialog(iemocap, "Ses01F_impro02", [("Ses01F_impro02_F000", "neu")])
    places(iemocap, DIALOG)[2].rename(iemocap / "elsewhere")
    with pytest.raises(CorpusError, match="not a dialog of session 2"):
        read_iemocap(iemocap)

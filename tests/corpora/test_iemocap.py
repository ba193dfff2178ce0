"""The reader of IEMOCAP on small folders in its published layout."""

import collections

import pytest

from satn_keras.corpora import CountWarning, read_iemocap
from satn_keras.errors import CorpusError
from satn_keras.experiments.folds import leave_one_session_out
from satn_keras.phonemes.text import words_of
from tests.support.small_iemocap import places, write_dialog, write_iemocap

# Small folders have not the published numbers of turns.
pytestmark = pytest.mark.filterwarnings(
    "ignore::satn_keras.corpora.iemocap_counts.CountWarning"
)
DIALOG = "Ses01F_impro01"


@pytest.fixture
def iemocap(tmp_path):
    """Folder with an improvised and a scripted dialog in each session."""
    return write_iemocap(tmp_path)


def labels_of(manifest):
    return collections.Counter(turn.label for turn in manifest)


def test_every_judged_turn_is_read_with_all_oddities_beside_it(iemocap):
    manifest = read_iemocap(iemocap)
    assert len(manifest) == 5 * 2 * 2 * 11  # sessions, dialogs, speakers, codes
    assert manifest.speakers == (
        *("Ses01_F", "Ses01_M", "Ses02_F", "Ses02_M", "Ses03_F", "Ses03_M"),
        *("Ses04_F", "Ses04_M", "Ses05_F", "Ses05_M"),
    )
    assert not [key for key in manifest.keys if "XX" in key]


def test_fields_come_from_name_label_and_transcript(iemocap):
    manifest = {turn.key: turn for turn in read_iemocap(iemocap)}
    turn = manifest["Ses02M_script01_1_F004"]
    assert turn.path == str(
        places(iemocap, "Ses02M_script01_1")[2] / "Ses02M_script01_1_F004.wav"
    )
    assert (turn.speaker, turn.session, turn.gender) == ("Ses02_F", "Ses02", "female")
    assert (turn.style, turn.sentence) == ("scripted", "script01_1")
    assert (turn.label, turn.text) == ("angry", "Excuse me.")
    assert (turn.dataset, turn.language) == ("iemocap", "en")
    turn = manifest["Ses01F_impro01_M003"]
    assert (turn.speaker, turn.session, turn.gender) == ("Ses01_M", "Ses01", "male")
    assert (turn.style, turn.sentence) == ("improvised", "impro01")
    assert (turn.label, turn.text) == ("sad", "++BREATHING++ What?")


def test_labels_are_plain_words_and_a_turn_without_majority_has_none(iemocap):
    each = 5 * 2 * 2
    words = "neutral happy excited sad angry frustrated fear surprise disgust other"
    apart = labels_of(read_iemocap(iemocap, merge_excited=False))
    assert apart == dict.fromkeys([*words.split(), ""], each)
    merged = labels_of(read_iemocap(iemocap))
    assert merged["happy"] == 2 * each and "excited" not in merged


@pytest.mark.parametrize("style", ["improvised", "scripted"])
def test_one_style_is_read_alone(iemocap, style):
    manifest = read_iemocap(iemocap, style=style)
    assert len(manifest) == 5 * 2 * 11
    assert {turn.style for turn in manifest} == {style}


def test_classes_are_kept_and_all_else_left_out(iemocap):
    classes = ["angry", "happy", "neutral", "sad"]
    manifest = read_iemocap(iemocap, style="improvised", classes=classes)
    each = 5 * 2
    assert labels_of(manifest) == dict.fromkeys(classes, each) | {"happy": 2 * each}


def test_the_folder_above_the_release_will_do(tmp_path):
    write_iemocap(tmp_path / "IEMOCAP_full_release")
    assert len(read_iemocap(tmp_path)) == len(read_iemocap(str(tmp_path))) == 220


def test_events_in_brackets_are_no_words_for_the_teacher(iemocap):
    texts = {turn.text for turn in read_iemocap(iemocap)}
    assert {text: words_of(text) for text in texts} == {
        "Excuse me.": ["excuse", "me"],
        "[LAUGHTER] Well, I don't know. [BREATHING]": ["well", "i", "don't", "know"],
        "[GARBAGE]": [],
        "++BREATHING++ What?": ["what"],
    }


def test_second_recordings_of_a_scene_are_read(tmp_path):
    root = write_iemocap(tmp_path)
    for dialog in ("Ses05M_script01_1b", "Ses03M_impro05a"):
        write_dialog(root, dialog, [(f"{dialog}_F000", "neu")])
    manifest = {turn.key: turn for turn in read_iemocap(root)}
    assert manifest["Ses05M_script01_1b_F000"].sentence == "script01_1"
    assert manifest["Ses03M_impro05a_F000"].sentence == "impro05"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (b"It\x92s a caf\xe9.\r", "It’s a café."),  # Windows-1252
        ("It’s a café.".encode(), "It’s a café."),
        (b"So \x81 it was.", "So \ufffd it was."),
        (b"\t Excuse me. \t ", "Excuse me."),
    ],
)
def test_texts_are_read_however_they_were_typed(iemocap, typed, text):
    _, transcripts, _ = places(iemocap, DIALOG)
    content = transcripts.read_bytes()
    transcripts.write_bytes(content.replace(b"Excuse me.", typed, 1))
    assert read_iemocap(iemocap)[0].text == text


def test_a_text_without_its_colon_is_read(iemocap):
    _, transcripts, _ = places(iemocap, DIALOG)
    content = transcripts.read_text()
    transcripts.write_text(content.replace("]: Excuse", "] Excuse", 1))
    assert read_iemocap(iemocap)[0].text == "Excuse me."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"style": "acted"}, "`style` must be one of all, improvised, scripted"),
        ({"classes": ["angry", "excited"]}, "'excited' is empty, since"),
        ({"classes": ["anger"]}, "no utterance has the label 'anger'. Labels: angry,"),
        ({"classes": []}, "`classes` must be a list of labels, each once"),
        ({"classes": ["sad", "sad"]}, "`classes` must be a list of labels, each once"),
        ({"classes": "sad"}, "`classes` must be a list of labels, each once"),
    ],
)
def test_a_wrong_wish_is_refused(iemocap, arguments, message):
    with pytest.raises(CorpusError, match=message):
        read_iemocap(iemocap, **arguments)


def test_the_excited_are_a_class_where_they_are_kept(iemocap):
    manifest = read_iemocap(iemocap, merge_excited=False, classes=["excited"])
    assert manifest.labels == ("excited",)


def test_an_unjudged_turn_that_has_a_label_after_all_is_read(tmp_path):
    root = write_iemocap(tmp_path)
    name = "Ses04F_impro02_FXX0"
    write_dialog(root, "Ses04F_impro02", [(name, "sad")])
    assert name in read_iemocap(root).keys


def test_a_small_folder_warns_and_is_read(iemocap):
    with pytest.warns(CountWarning, match="improvised turns, excited counted as hap"):
        assert len(read_iemocap(iemocap, style="improvised")) == 110


def test_scripted_turns_alone_have_no_published_numbers(iemocap, recwarn):
    read_iemocap(iemocap, style="scripted")
    assert not recwarn.list


def test_the_manifest_suits_the_protocol_of_ten_folds(iemocap):
    manifest = read_iemocap(iemocap, style="improvised")
    parts = [
        (fold.validation.speakers, fold.test.speakers)
        for fold in leave_one_session_out(manifest)
    ]
    pairs = [(f"Ses0{session}_F", f"Ses0{session}_M") for session in range(1, 6)]
    assert sorted(parts) == sorted(
        ((validating,), (tested,))
        for woman, man in pairs
        for validating, tested in ((woman, man), (man, woman))
    )

"""The reader of CREMA-D on small folders with its names, tables and oddities."""

import pytest

from satn_keras.corpora import LeftOutWarning, read_crema_d
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines

NAMES = ("1001_DFA_ANG_XX", "1002_IEO_HAP_LO", "1091_WSI_SAD_MD")
VOTES = (
    '"","FileName","VoiceVote","VoiceLevel","FaceVote","FaceLevel","MultiModalVote",'
    '"MultiModalLevel"',
    '"1","1001_DFA_ANG_XX","N","71.67","A","57","A","57.38"',
    '"2","1002_IEO_HAP_LO","H","60.14","H:N","30.67:51.00","H","63.5"',
    '"3","1091_WSI_SAD_MD","D:S","60:50","S","50","F","63.5"',
)


@pytest.fixture
def crema_d(tmp_path):
    """Folder of three clips with demographics and votes."""
    lay_out(tmp_path, *(f"AudioWAV/{name}.wav" for name in NAMES))
    write_lines(
        tmp_path / "VideoDemographics.csv",
        '"ActorID","Age","Sex","Race","Ethnicity"',
        '1001,51,"Male","Caucasian","Not Hispanic"',
        '1002,21,"Female","Caucasian","Not Hispanic"',
    )
    write_lines(tmp_path / "processedResults" / "summaryTable.csv", *VOTES)
    return tmp_path


def test_the_acted_emotion_is_the_label_when_none_is_asked(crema_d):
    first, second, third = read_crema_d(crema_d)
    assert (first.key, first.speaker, first.label) == (NAMES[0], "1001", "angry")
    assert (first.sentence, first.text) == ("DFA", "Don't forget a jacket.")
    assert [one.gender for one in (first, second, third)] == ["male", "female", ""]
    assert [one.label for one in (second, third)] == ["happy", "sad"]


@pytest.mark.parametrize(
    ("heard", "labels"),
    [
        ("voice", ["neutral", "happy", ""]),
        ("face", ["angry", "", "sad"]),
        ("multimodal", ["angry", "happy", "fear"]),
    ],
)
def test_the_crowd_s_majority_is_the_label_and_a_tie_is_none(crema_d, heard, labels):
    assert [one.label for one in read_crema_d(crema_d, labels=heard)] == labels


def test_the_clips_known_to_be_bad_are_left_out_and_named(crema_d):
    bad = ("1076_MTI_SAD_XX", "1076_MTI_NEU_XX", "1064_TIE_SAD_XX", "1064_IEO_DIS_MD")
    lay_out(crema_d, *(f"AudioWAV/{name}.wav" for name in bad))
    with pytest.warns(LeftOutWarning, match=r"1076_MTI_SAD_XX \(no audio\)") as caught:
        assert read_crema_d(crema_d).keys == NAMES
    assert all(name in str(caught[0].message) for name in bad)


def test_the_old_name_with_one_x_is_read_as_the_new_one(crema_d):
    lay_out(crema_d, "AudioWAV/1040_ITH_SAD_X.wav")
    assert "1040_ITH_SAD_XX" in read_crema_d(crema_d).keys


def test_the_old_name_with_one_x_finds_its_votes_under_either(crema_d):
    table = crema_d / "processedResults" / "summaryTable.csv"
    for name in ("1040_ITH_SAD_X", "1040_ITH_SAD_XX"):
        lay_out(crema_d, "AudioWAV/1040_ITH_SAD_X.wav")
        write_lines(table, *VOTES, VOTES[1].replace("1001_DFA_ANG_XX", name))
        assert "1040_ITH_SAD_XX" in read_crema_d(crema_d, labels="voice").keys


def test_a_pointer_of_git_lfs_is_no_sound(crema_d):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:c6f9\nsize 7\n"
    lay_out(crema_d, f"AudioWAV/{NAMES[0]}.wav", content=pointer)
    with pytest.raises(CorpusError, match=r"_XX\.wav: a pointer of Git LFS"):
        read_crema_d(crema_d)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (VOTES[1].replace('"N"', '"X"'), r"Table\.csv:2: column 'VoiceVote' must be"),
        (VOTES[1].replace("1001", "1003"), r"1001_.*\.wav: no row of .*summaryTable"),
        ('"1","1001_DFA_ANG_XX"', r"summaryTable\.csv:2: 2 values for 8 columns"),
    ],
)
def test_votes_that_do_not_fit_are_refused(crema_d, line, message):
    lines = (VOTES[0], line, *VOTES[2:])
    write_lines(crema_d / "processedResults" / "summaryTable.csv", *lines)
    with pytest.raises(CorpusError, match=message):
        read_crema_d(crema_d, labels="voice")


def test_votes_that_are_not_there_are_refused(crema_d):
    (crema_d / "processedResults" / "summaryTable.csv").unlink()
    with pytest.raises(CorpusError, match=r"summaryTable\.csv: cannot be read"):
        read_crema_d(crema_d, labels="face")
    with pytest.raises(CorpusError, match="`labels` must be one of acted, voice, face"):
        read_crema_d(crema_d, labels="crowd")

"""The reader of MELD on small folders of extracted audio."""

import pytest

from satn_keras.corpora import LeftOutWarning, read_meld
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines

HEADER = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,"
    "Episode,StartTime,EndTime"
)
ROW = '1,"Oh my God, he\x92s lost it.",Phoebe,sadness,negative,0,3,4,7,"00:20","00:21"'


@pytest.fixture
def meld(tmp_path):
    """Folder of two parts; the audio of the test part has files beside."""
    lay_out(
        tmp_path,
        "train_splits/dia0_utt3.wav",
        "output_repeated_splits_test/dia0_utt3.flac",
        "output_repeated_splits_test/final_videos_testdia1_utt0.wav",
        "output_repeated_splits_test/._dia0_utt3.flac",
    )
    write_lines(tmp_path / "train_sent_emo.csv", HEADER, ROW)
    write_lines(tmp_path / "test_sent_emo.csv", HEADER, ROW.replace("sadness", "joy"))
    return tmp_path


def test_turns_of_each_part_have_names_of_their_own(meld):
    first, second = read_meld(meld)
    assert (first.key, first.speaker, first.label) == (
        *("train_dia0_utt3", "Phoebe", "sad"),
    )
    assert (second.key, second.label) == ("test_dia0_utt3", "happy")
    assert first.session == "S04E07"
    assert first.text == "Oh my God, he’s lost it."
    assert second.path == str(meld / "output_repeated_splits_test" / "dia0_utt3.flac")


def test_tables_in_folders_of_the_parts_are_found(meld):
    (meld / "train").mkdir()
    for name in ("train_splits", "train_sent_emo.csv"):
        (meld / name).rename(meld / "train" / name)
    assert read_meld(meld).keys == ("train_dia0_utt3", "test_dia0_utt3")


def test_the_turn_whose_video_is_broken_is_left_out(meld):
    row = ROW.replace(",0,3,", ",125,3,")
    write_lines(meld / "train_sent_emo.csv", HEADER, ROW, row)
    with pytest.warns(LeftOutWarning, match="train_dia125_utt3"):
        assert len(read_meld(meld)) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace(",0,3,", ",0,4,"), r"emo\.csv:2: no sound dia0_utt4\.wav"),
        (ROW.replace("sadness", "bliss"), r":2: column 'Emotion' must be one of anger"),
        (ROW.replace(",0,3,", ",x,3,"), "dialogue must be a number. Received: 'x'"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(meld, row, message):
    write_lines(meld / "train_sent_emo.csv", HEADER, row)
    with pytest.raises(CorpusError, match=message):
        read_meld(meld)


def test_a_folder_without_tables_or_sounds_is_refused(meld, tmp_path_factory):
    with pytest.raises(CorpusError, match="no table of MELD. MELD is train_sent_emo"):
        read_meld(tmp_path_factory.mktemp("empty"))
    (meld / "train_splits" / "dia0_utt3.wav").unlink()
    with pytest.raises(CorpusError, match="train_splits: no sound file"):
        read_meld(meld)

"""The reader of URDU on a small folder with its names."""

import pytest

from satn_keras.corpora import read_urdu
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


def test_speaker_and_emotion_come_from_names_with_numbers_of_any_length(tmp_path):
    names = ("Angry/SM1_F10_A010", "Neutral/SF9_F1_N01", "Neutral/SM5_F72_N0100")
    lay_out(tmp_path, *(f"{name}.wav" for name in names))
    by_key = {one.key: one for one in read_urdu(tmp_path)}
    assert {one.speaker for one in by_key.values()} == {"SM1", "SF9", "SM5"}
    assert by_key["SF9_F1_N01"].gender == "female"
    assert by_key["SM1_F10_A010"].label == "angry"
    assert by_key["SM5_F72_N0100"].label == "neutral"
    assert by_key["SM5_F72_N0100"].language == "ur"


def test_a_folder_that_tells_another_emotion_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="the name says happy, the folder sad"):
        read_urdu(lay_out(tmp_path, "Sad/SM1_F10_H010.wav"))

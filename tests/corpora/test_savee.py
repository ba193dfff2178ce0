"""The reader of SAVEE on small folders in both of its layouts."""

import pytest

from satn_keras.corpora import read_savee
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


@pytest.mark.parametrize(
    "names",
    [
        ("AudioData/DC/a01.wav", "AudioData/DC/su15.wav", "AudioData/KL/a01.wav"),
        ("ALL/DC_a01.wav", "ALL/DC_su15.wav", "ALL/KL_a01.wav"),
    ],
)
def test_speaker_and_emotion_come_from_folder_or_name(tmp_path, names):
    first, second, third = read_savee(lay_out(tmp_path, *names))
    assert (first.key, first.speaker, first.label) == ("DC_a01", "DC", "angry")
    assert (second.label, second.sentence) == ("surprise", "su15")
    assert (third.speaker, third.sentence, third.gender) == ("KL", "a01", "male")


def test_two_letters_go_before_one(tmp_path):
    lay_out(tmp_path, *(f"JE/{code}03.wav" for code in ("a", "sa", "su", "d", "n")))
    labels = {one.sentence: one.label for one in read_savee(tmp_path)}
    assert labels == {
        "a03": "angry",
        "sa03": "sad",
        "su03": "surprise",
        "d03": "disgust",
        "n03": "neutral",
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("XX/a01.wav", r"XX/a01\.wav: SAVEE's name 'XX_a01': speaker must be one of"),
        ("DC/b01.wav", "emotion must be a code of SAVEE's table"),
        ("DC/a31.wav", "number must be 01 to 30"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(tmp_path, name, message):
    with pytest.raises(CorpusError, match=message):
        read_savee(lay_out(tmp_path, name))

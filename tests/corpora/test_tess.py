"""The reader of TESS on small folders with its names and oddities."""

import pytest

from satn_keras.corpora import LeftOutWarning, read_tess
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


def test_actress_word_and_emotion_come_from_the_name(tmp_path):
    lay_out(
        tmp_path, "OAF_Pleasant_surprise/OAF_back_ps.wav", "YAF_sad/YAF_bar_sad.wav"
    )
    first, second = read_tess(tmp_path)
    assert (first.key, first.speaker, first.label) == ("OAF_back_ps", "OAF", "surprise")
    assert (first.sentence, first.text) == ("back", "Say the word back.")
    assert (second.speaker, second.label, second.gender) == ("YAF", "sad", "female")


def test_the_name_that_lacks_a_letter_is_read_as_it_should_be(tmp_path):
    (one,) = read_tess(lay_out(tmp_path, "OAF_neutral/OA_bite_neutral.wav"))
    assert (one.key, one.speaker) == ("OAF_bite_neutral", "OAF")
    assert one.path == str(tmp_path / "OAF_neutral/OA_bite_neutral.wav")


def test_the_two_files_overwritten_with_silence_are_left_out(tmp_path):
    lay_out(tmp_path, "YAF_germ_angry.wav", "YAF_neat_fear.wav", "YAF_germ_sad.wav")
    with pytest.warns(
        LeftOutWarning, match="YAF_germ_angry .*; YAF_neat_fear .*silence"
    ):
        assert read_tess(tmp_path).keys == ("YAF_germ_sad",)


def test_a_copy_that_holds_everything_twice_is_refused(tmp_path):
    lay_out(tmp_path, "TESS/OAF_back_ps.wav", "TESS/TESS/OAF_back_ps.wav")
    with pytest.raises(CorpusError, match="give the folder of one copy"):
        read_tess(tmp_path)


def test_another_misnamed_file_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="speaker must be OAF .* Received: 'YA'"):
        read_tess(lay_out(tmp_path, "YA_bite_neutral.wav"))

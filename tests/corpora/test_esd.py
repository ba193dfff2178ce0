"""The reader of ESD on small folders in its layouts, languages and encodings."""

import pytest

from satn_keras.corpora import read_esd
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines


@pytest.mark.parametrize("part", ["", "train/"])
def test_number_and_folder_tell_emotion_and_sentence(tmp_path, part):
    lay_out(
        tmp_path,
        f"0011/Angry/{part}0011_000351.wav",
        f"0011/Surprise/{part}0011_001750.wav",
        f"0004/Neutral/{part}0004_000001.wav",
    )
    mandarin, angry, surprise = read_esd(tmp_path)
    assert (angry.speaker, angry.label, angry.sentence) == ("0011", "angry", "en001")
    assert (surprise.label, surprise.sentence) == ("surprise", "en350")
    assert (mandarin.label, mandarin.language) == ("neutral", "zh")
    assert (mandarin.sentence, mandarin.gender) == ("zh001", "male")
    assert (angry.language, angry.gender, angry.dataset) == ("en", "male", "esd")


@pytest.mark.parametrize(
    ("speaker", "encoding", "text"),
    [
        ("0001", "gb2312", "打远一看"),
        ("0003", "utf-16", "打远一看"),
        ("0011", "utf-8", "The nine the eggs, I keep."),
        ("0016", "latin-1", "A café, he said."),
        ("0019", "utf-16", "It\u2019s nine."),
    ],
)
def test_texts_are_read_in_the_encoding_of_each_list(tmp_path, speaker, encoding, text):
    lay_out(tmp_path, *(f"{speaker}/Angry/{speaker}_00035{n}.wav" for n in (1, 2)))
    write_lines(
        tmp_path / speaker / f"{speaker}.txt",
        f"{speaker}_000351\t{text}\tAngry",
        f"{speaker}_000352 broken line without tabs Angry",
        encoding=encoding,
    )
    assert [one.text for one in read_esd(tmp_path)] == [text, ""]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("0011/Sad/0011_000351.wav", "the number says angry, the folder sad"),
        ("0011/Sad/0011_001751.wav", "number must be 000001 to 001750"),
        ("0021/Sad/0021_001051.wav", "speaker must be 0001 to 0020"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, name, message):
    with pytest.raises(CorpusError, match=message):
        read_esd(lay_out(tmp_path, name))


def test_a_home_folder_named_as_an_emotion_is_no_matter(tmp_path):
    root = lay_out(tmp_path / "happy", "0011/0011_000351.wav")
    assert read_esd(root)[0].label == "angry"

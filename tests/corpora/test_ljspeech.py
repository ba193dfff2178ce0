"""The reader of LJ Speech on a small folder."""

import pytest

from satn_keras.corpora import read_ljspeech
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines

LINE = 'LJ001-0002|in being "modern" in 1455.|in being "modern" in fourteen fifty-five.'


def test_the_normalised_text_is_read_with_its_quotes(tmp_path):
    lay_out(tmp_path, "wavs/LJ001-0002.wav")
    write_lines(tmp_path / "metadata.csv", LINE)
    (one,) = read_ljspeech(tmp_path)
    assert one.text == 'in being "modern" in fourteen fifty-five.'
    assert (one.key, one.speaker, one.session) == ("LJ001-0002", "LJ", "LJ001")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (LINE.replace("0002", "0003"), r"csv:1: wavs/LJ001-0003\.wav is missing"),
        ("LJ001-0002|one", "csv:1: must be a name and two texts"),
        (LINE.replace("LJ001", "LJ1"), "csv:1: .*book must be three digits"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(tmp_path, line, message):
    lay_out(tmp_path, "wavs/LJ001-0002.wav")
    write_lines(tmp_path / "metadata.csv", line)
    with pytest.raises(CorpusError, match=message):
        read_ljspeech(tmp_path)

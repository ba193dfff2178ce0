"""Lines of text in whichever encoding."""

import pytest

from satn_keras.corpora.text_lines import numbered_lines
from satn_keras.errors import CorpusError


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_are_numbered_from_one_whatever_ends_them(tmp_path, end):
    path = tmp_path / "text.txt"
    path.write_bytes(end.join([b"one", b"", b" three \t"]))
    assert list(numbered_lines(path)) == [(1, "one"), (2, ""), (3, "three")]


def test_each_line_is_read_in_its_own_encoding(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf\xc3\xa9\n\xe9\n\x92\n\x81\n")
    texts = [text for _, text in numbered_lines(path)]
    # A mark of byte order; UTF-8; two bytes of Windows-1252; one of neither.
    assert texts == ["é", "é", "’", "\ufffd", ""]


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.txt: cannot be read \(No such file"):
        list(numbered_lines(tmp_path / "none.txt"))

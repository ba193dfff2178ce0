"""The reader of LibriSpeech's layout on a small folder."""

import pytest

from satn_keras.corpora import read_librispeech
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines

CHAPTER = "dev-clean/84/121123"
NAMES = ("84-121123-0000", "84-121123-0001")


@pytest.fixture
def librispeech(tmp_path):
    """Folder of one chapter of two utterances."""
    root = tmp_path / "LibriSpeech"
    lay_out(root, *(f"{CHAPTER}/{name}.flac" for name in NAMES))
    lines = (f"{NAMES[0]} GO DO YOU HEAR", f"{NAMES[1]} BUT IN LESS")
    write_lines(root / CHAPTER / "84-121123.trans.txt", *lines)
    write_lines(
        root / "SPEAKERS.TXT",
        ";ID  |SEX| SUBSET           |MINUTES| NAME",
        "84   | F | dev-clean        |  8.02 | Christie Nowak",
    )
    return root


@pytest.mark.parametrize("below", ["", "dev-clean"])
def test_texts_readers_and_chapters_are_read_of_all_or_a_part(librispeech, below):
    first, second = read_librispeech(librispeech / below)
    assert (first.key, first.text) == (NAMES[0], "GO DO YOU HEAR")
    assert (second.speaker, second.session, second.gender) == ("84", "121123", "female")
    assert (second.language, second.style, second.label) == ("en", "read", "")


def test_a_sound_without_a_line_or_a_line_without_a_sound_is_refused(librispeech):
    (librispeech / CHAPTER / f"{NAMES[1]}.flac").unlink()
    with pytest.raises(
        CorpusError, match=r"trans\.txt:2: no sound 84-121123-0001\.flac"
    ):
        read_librispeech(librispeech)
    lay_out(librispeech, *(f"{CHAPTER}/84-121123-000{n}.flac" for n in (1, 2)))
    with pytest.raises(CorpusError, match=r"0002\.flac: no line in .*trans\.txt"):
        read_librispeech(librispeech)

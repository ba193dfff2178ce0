"""Sound files below a folder, by name."""

import pytest

from satn_keras.corpora.sound_files import sounds_below
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


def test_folders_that_are_links_are_walked_once_and_in_no_circle(tmp_path):
    lay_out(tmp_path, "disk/a.wav", "corpus/b.wav", "corpus/own/c.FLAC")
    for name in ("linked", "again"):
        (tmp_path / "corpus" / name).symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "up").symlink_to(tmp_path / "corpus")
    found = sounds_below(tmp_path / "corpus", "It is a folder.")
    assert list(found) == ["a", "b", "c"]
    assert found["a"] == tmp_path / "corpus" / "again" / "a.wav"


def test_hidden_files_and_other_endings_are_passed_over(tmp_path):
    lay_out(tmp_path, "._a.wav", ".trash/b.wav", "c.txt")
    with pytest.raises(CorpusError, match=r"no sound file \(\.wav, \.flac\)"):
        sounds_below(tmp_path, "It is a folder.")
    assert list(sounds_below(lay_out(tmp_path, "d.WAV"), "It is a folder.")) == ["d"]


def test_one_name_in_two_folders_is_refused(tmp_path):
    lay_out(tmp_path, "one/a.wav", "two/a.flac")
    with pytest.raises(CorpusError, match="a file of this name is also in .*one"):
        sounds_below(tmp_path, "It is a folder.")

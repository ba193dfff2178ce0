"""The reader of AN4 and the CMU Sphinx layout on small folders."""

import numpy as np
import pytest
import soundfile

from satn_keras.corpora import read_sphinx
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines
from tests.support.sounds import vowel

ENTRIES = ("an4_clstk/fash/an251-fash-b", "an4_clstk/mjwl/cen4-mjwl-b")
LINES = ("<s> YES </s> (an251-fash-b)", "<s> C M  N A </s> (cen4-mjwl-b)")


def write_lists(root, entries=ENTRIES, lines=LINES, name="an4_train"):
    write_lines(root / "etc" / f"{name}.fileids", *entries)
    write_lines(root / "etc" / f"{name}.transcription", *lines)
    return root


@pytest.mark.parametrize("ending", [".sph", ".wav", ".flac", ".WAV"])
def test_speaker_gender_and_text_come_from_the_lists(tmp_path, ending):
    lay_out(write_lists(tmp_path), *(f"wav/{name}{ending}" for name in ENTRIES))
    first, second = read_sphinx(tmp_path)
    assert (first.key, first.speaker, first.text) == ("an251-fash-b", "fash", "YES")
    assert (first.gender, second.gender) == ("female", "male")
    assert (second.text, second.dataset) == ("C M N A", "an4")
    assert second.path == str(tmp_path / "wav" / f"{ENTRIES[1]}{ending}")


@pytest.mark.parametrize("order", ["<i2", ">i2"])
def test_sounds_without_a_header_are_copied_in_either_byte_order(tmp_path, order):
    samples = (vowel(0.3) * 8000).astype("int16")
    lay_out(write_lists(tmp_path), *(f"wav/{name}.raw" for name in ENTRIES))
    for name in ENTRIES:
        (tmp_path / f"wav/{name}.raw").write_bytes(samples.astype(order).tobytes())
    with pytest.raises(CorpusError, match=r"an251-fash-b\.raw: has no header"):
        read_sphinx(tmp_path)
    first, _ = read_sphinx(tmp_path, converted=tmp_path / "copies")
    assert first.path == str(tmp_path / "copies" / f"{ENTRIES[0]}.wav")
    heard, rate = soundfile.read(first.path, dtype="int16")
    assert rate == 16000
    np.testing.assert_array_equal(heard, samples)


def test_several_lists_and_other_names_are_read_too(tmp_path):
    write_lists(tmp_path, ["anna/0001"], ["hello world (0001)"], "my_train")
    write_lists(tmp_path, ["bert/0002"], ["<s> good bye </s> (0002)"], "my_test")
    lay_out(tmp_path, "wav/anna/0001.wav", "wav/bert/0002.wav")
    by_key = {one.key: one for one in read_sphinx(tmp_path)}
    assert (by_key["0001"].speaker, by_key["0001"].text) == ("anna", "hello world")
    assert (by_key["0002"].text, by_key["0002"].gender) == ("good bye", "")


@pytest.mark.parametrize(
    ("entries", "lines", "message"),
    [
        (["a/b/an251-fash-b"], LINES, "tells two speakers, b and fash"),
        (["fash/an251-fash-b"], ["YES"], r"transcription:1: must be a text and a name"),
        (["fash/an252-fash-b"], LINES, r"fileids:1: 'an252-fash-b' is not in"),
        (["fash/an251-fash-b", "fash/cen4-mjwl-b"], LINES, r":2: no sound .*cen4-mjwl"),
        (["an251"], ["YES (an251)"], "must be FOLDER/NAME"),
        (["fash/an251-?-b"], ["YES (an251-?-b)"], "speaker must be f or m"),
    ],
)
def test_lists_that_do_not_fit_are_refused(tmp_path, entries, lines, message):
    write_lists(tmp_path, entries, lines)
    lay_out(tmp_path, *(f"wav/{entry}.wav" for entry in entries[:1]))
    with pytest.raises(CorpusError, match=message):
        read_sphinx(tmp_path)


def test_a_folder_without_lists_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"etc: no \.fileids"):
        read_sphinx(tmp_path)

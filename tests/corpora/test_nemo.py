"""The reader of nEMO on small folders in its published layout."""

import pytest

from satn_keras.corpora import read_nemo
from satn_keras.errors import CorpusError

HEADER = "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\n"
ROWS = (
    "EB0_surprised_13.wav\tsurprised\t"
    '"Tak" to on.\ttak to on\t        EB0\tfemale\t27\n',
    'MP0_sadness_7.wav\tsadness\tMleko, "źle".\tmleko źle\t        MP0\tmale\t24\n',
)


@pytest.fixture
def nemo(tmp_path):
    """Function that lays out a corpus of `rows` with the sounds of `names`."""

    def lay_out(rows=ROWS, names=("EB0_surprised_13.wav", "MP0_sadness_7.wav")):
        (tmp_path / "data.tsv").write_text(HEADER + "".join(rows), encoding="utf-8")
        (tmp_path / "samples").mkdir()
        for name in names:
            (tmp_path / "samples" / name).touch()
        return tmp_path

    return lay_out


def test_fields_come_from_name_and_table_with_blanks_and_quotes_as_published(nemo):
    root = nemo()
    first, second = read_nemo(root)
    assert first.key == "EB0_surprised_13"
    assert first.path == str(root / "samples" / "EB0_surprised_13.wav")
    assert (first.speaker, first.session) == ("EB0", "EB0")
    assert (first.label, first.sentence, first.gender) == ("surprised", "13", "female")
    assert first.text == '"Tak" to on.'
    assert second.text == 'Mleko, "źle".'
    assert (second.language, second.dataset, second.style) == ("pl", "nemo", "acted")


def test_a_copy_in_flac_is_read_though_the_table_says_wav(nemo):
    root = nemo(names=("EB0_surprised_13.flac", "MP0_sadness_7.flac"))
    assert read_nemo(root)[1].path == str(root / "samples" / "MP0_sadness_7.flac")


def test_hidden_and_foreign_files_beside_the_sounds_are_no_matter(nemo):
    root = nemo()
    (root / "samples" / ".DS_Store").touch()
    assert len(read_nemo(root)) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROWS[0].replace("EB0_", "eb0_"), r"data\.tsv:3: file_id 'eb0_.* form"),
        (ROWS[0].replace("surprised", "surprise"), r":3: .*'EB0_surprise_13.* form"),
        (ROWS[0].replace(" EB0\t", " IC0\t"), r":3: .* says speaker 'EB0', .*'IC0'"),
        (ROWS[0].replace("\tsurprised\t", "\tanger\t"), r":3: .* says emotion"),
        (ROWS[0].replace("_13.", "_14."), r":3: samples/EB0_surprised_14\.wav is miss"),
        (ROWS[0].replace("female", "f"), r":3: column 'gender'"),
        (ROWS[1], r":3: 'MP0_sadness_7' is also on line 2"),
        ("EB0_anger_1.wav\tanger\n", r":3: 2 values for 7 columns"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_line(nemo, row, message):
    with pytest.raises(CorpusError, match=message):
        read_nemo(nemo(rows=(ROWS[1], row)))


def test_a_sound_that_is_not_in_the_table_is_refused_by_name(nemo):
    with pytest.raises(CorpusError, match=r"EB0_surprised_13\.wav: not in data\.tsv"):
        read_nemo(nemo(rows=ROWS[1:]))


def test_a_table_without_its_columns_is_refused(nemo):
    root = nemo()
    (root / "data.tsv").write_text("file_id\temotion\nx\ty\n")
    with pytest.raises(CorpusError, match=r"data\.tsv:1: column 'raw_text' is missing"):
        read_nemo(root)


@pytest.mark.parametrize("name", ["data.tsv", "samples"])
def test_a_folder_that_is_not_nemo_is_refused(nemo, name):
    root = nemo()
    (root / name).rename(root / "elsewhere")
    with pytest.raises(CorpusError, match=f"{name}: missing"):
        read_nemo(root)

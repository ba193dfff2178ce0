"""The reader of Common Voice on a small folder of one language."""

import pytest

from satn_keras.corpora import read_common_voice
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out, write_lines

HEADER = "client_id\tpath\tsentence\tup_votes\tage\tgender\tlocale\tsegment"
ROWS = (
    'a1\tcommon_voice_pl_1.mp3\t"Tak" to on.\t2\ttwenties\tfemale_feminine\tpl\t',
    "b2\tcommon_voice_pl_2\tŹle.\t2\t\t\tpl\t",
)


@pytest.fixture
def language(tmp_path):
    """Folder of Polish with two clips."""
    root = tmp_path / "pl"
    lay_out(root, *(f"clips/common_voice_pl_{n}.mp3" for n in (1, 2)))
    write_lines(root / "validated.tsv", HEADER, *ROWS)
    return root


def test_speakers_texts_and_genders_come_from_the_table(language):
    first, second = read_common_voice(language)
    assert (first.key, first.speaker, first.gender) == (
        *("common_voice_pl_1", "a1", "female"),
    )
    assert first.text == '"Tak" to on.'
    assert (second.path, second.gender, second.language) == (
        *(str(language / "clips" / "common_voice_pl_2.mp3"), "", "pl"),
    )


def test_another_table_is_read_by_its_name(language):
    write_lines(language / "train.tsv", HEADER, ROWS[1])
    assert read_common_voice(language, part="train").keys == ("common_voice_pl_2",)
    with pytest.raises(CorpusError, match=r"test\.tsv: missing"):
        read_common_voice(language, part="test")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ROWS[0].replace("pl_1", "pl_3"),
            r"tsv:2: clips/common_voice_pl_3\.mp3 is mis",
        ),
        (ROWS[0].replace("female_feminine", "?"), ":2: column 'gender' must be"),
        ("a1\tx\ty\t2\t\t\tpl\t\tz", ":2: 9 values for 8 columns"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(language, row, message):
    write_lines(language / "validated.tsv", HEADER, row)
    with pytest.raises(CorpusError, match=message):
        read_common_voice(language)


def test_a_table_without_its_columns_or_rows_is_refused(language):
    write_lines(language / "validated.tsv", "client_id\tpath")
    with pytest.raises(CorpusError, match=":1: column 'sentence' is missing"):
        read_common_voice(language)
    write_lines(language / "validated.tsv", HEADER)
    with pytest.raises(CorpusError, match=r"validated\.tsv: no row"):
        read_common_voice(language)

"""Tables of speech in other people's words."""

import pytest

from satn_keras.corpora import read_table
from satn_keras.errors import CorpusError

AN4_LIKE = "path,speaker,gender,text\naudio/fash/an251.flac,fash,f,YES\n"


def test_a_table_of_paths_speakers_genders_and_texts_becomes_a_manifest(tmp_path):
    (tmp_path / "train.csv").write_text(AN4_LIKE)
    (one,) = read_table(tmp_path / "train.csv")
    assert one.key == "an251"
    assert one.path == str(tmp_path / "audio" / "fash" / "an251.flac")
    assert (one.speaker, one.gender, one.text) == ("fash", "female", "YES")


@pytest.mark.parametrize(
    ("word", "gender"),
    [("F", "female"), ("Male", "male"), ("m", "male"), ("", ""), ("Other", "other")],
)
def test_genders_are_understood_in_their_usual_spellings(tmp_path, word, gender):
    (tmp_path / "t.csv").write_text(f"file,spk,sex\na.wav,x,{word}\n")
    assert read_table(tmp_path / "t.csv")[0].gender == gender


def test_an_unknown_gender_is_refused_with_its_line(tmp_path):
    (tmp_path / "t.csv").write_text("path,speaker,Sex\na,x,f\nb,x,q\n")
    with pytest.raises(CorpusError, match=r"t\.csv:3: column 'Sex'.*Received: 'q'"):
        read_table(tmp_path / "t.csv")


def test_other_words_for_our_columns_are_understood_and_other_columns_left_out(
    tmp_path,
):
    (tmp_path / "t.tsv").write_text(
        "client_id\tfilename\tEmotion\tTranscript\tup_votes\nx\ta.wav\tjoy\thi\t2\n"
    )
    (one,) = read_table(tmp_path / "t.tsv")
    assert (one.speaker, one.label, one.text) == ("x", "joy", "hi")


def test_our_own_column_name_goes_before_another_word_for_it(tmp_path):
    (tmp_path / "t.csv").write_text("speaker_id,speaker,path\n1,anna,a.wav\n")
    assert read_table(tmp_path / "t.csv").speakers == ("anna",)


def test_a_misspelt_column_is_refused_rather_than_left_out(tmp_path):
    (tmp_path / "t.csv").write_text("path,speaker,lable\na,x,joy\n")
    with pytest.raises(CorpusError, match=r"'lable' is unknown\. .*'label'\?"):
        read_table(tmp_path / "t.csv")


def test_a_table_without_speakers_is_refused_with_the_words_it_might_use(tmp_path):
    (tmp_path / "t.csv").write_text("path,text\na,x\n")
    with pytest.raises(CorpusError, match=r"t\.csv:1: no column for the speaker.*spk"):
        read_table(tmp_path / "t.csv")


def test_the_only_table_of_speech_in_a_folder_is_found_among_other_files(tmp_path):
    (tmp_path / "LICENSE").write_text("free")
    (tmp_path / "costs.csv").write_text("item,price\npen,3\n")
    (tmp_path / "train.csv").write_text(AN4_LIKE)
    assert read_table(tmp_path).speakers == ("fash",)


def test_a_folder_with_two_tables_of_speech_is_refused_with_both_names(tmp_path):
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text(AN4_LIKE)
    with pytest.raises(CorpusError, match=r"Found: test\.csv, train\.csv"):
        read_table(tmp_path)


def test_a_folder_without_a_table_is_refused_with_what_is_there(tmp_path):
    (tmp_path / "audio").mkdir()
    (tmp_path / "LICENSE").write_text("free")
    with pytest.raises(CorpusError, match=r"no table .* Found: LICENSE, audio/\."):
        read_table(tmp_path)


def test_a_missing_root_and_a_broken_row_are_corpus_errors(tmp_path):
    with pytest.raises(CorpusError, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "t.csv").write_text("path,speaker\na.wav,\n")
    with pytest.raises(CorpusError, match=r"t\.csv:2: column 'speaker' must not"):
        read_table(tmp_path / "t.csv")

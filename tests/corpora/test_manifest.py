"""Manifests: reading, writing, choosing, and every way a file can be wrong."""

import gzip
import json
import os
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ManifestError

TEXT_ENDINGS = ("csv", "tsv", "jsonl", "jsonl.gz")

try:
    import pyarrow.parquet  # noqa: F401
except ImportError:  # not there, or built for another NumPy
    ENDINGS = TEXT_ENDINGS
else:
    ENDINGS = (*TEXT_ENDINGS, "parquet")
needs_pyarrow = pytest.mark.skipif(
    "parquet" not in ENDINGS, reason="pyarrow does not load here"
)


def manifest_of(*rows):
    """Manifest of (key, speaker, label) rows."""
    return Manifest(
        Utterance(key, f"/sound/{key}.wav", speaker=speaker, label=label)
        for key, speaker, label in rows
    )


FOUR = manifest_of(
    ("a1", "anna", "joy"),
    ("a2", "anna", "fear"),
    ("b1", "bert", "joy"),
    ("b2", "bert", ""),
)


def written(tmp_path, text, name="m.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_gives_back_what_was_written(tmp_path, ending):
    manifest = Manifest(
        [
            Utterance(
                "k, 1",
                str(tmp_path / "a b.wav"),
                speaker="007",
                label="NA",
                text='He said "no", | then\'s; żółw',
                language="pl",
                dataset="null",
                session="1.10",
                sentence="0012",
                gender="female",
                style="acted",
            ),
            Utterance("k2", "/elsewhere/c.flac", speaker="None", text="nan"),
        ]
    )
    manifest.write(tmp_path / f"m.{ending}")
    assert Manifest.read(tmp_path / f"m.{ending}") == manifest


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"])),
        min_size=3,
        max_size=3,
    ),
    ending=st.sampled_from(ENDINGS),
)
def test_any_text_survives_any_format_but_for_blanks_around_it(
    tmp_path_factory, values, ending
):
    folder = tmp_path_factory.mktemp("any")
    label, text, style = values
    before = Manifest(
        [Utterance("k", "/k.wav", speaker="s", label=label, text=text, style=style)]
    )
    before.write(folder / f"m.{ending}")
    after = Manifest.read(folder / f"m.{ending}")[0]
    assert (after.label, after.text, after.style) == tuple(v.strip() for v in values)


def test_text_with_line_breaks_survives_csv_and_is_refused_by_tsv(tmp_path):
    manifest = Manifest([Utterance("k", "/k.wav", speaker="s", text="one\ntwo")])
    manifest.write(tmp_path / "m.csv")
    assert Manifest.read(tmp_path / "m.csv")[0].text == "one\ntwo"
    with pytest.raises(ManifestError, match=r"m\.tsv:2: column 'text' .* \.csv"):
        manifest.write(tmp_path / "m.tsv")


def test_paths_in_a_file_start_at_the_files_folder(tmp_path):
    path = written(tmp_path, "path,speaker\nwav/a.wav,anna\n/abs/b.wav,bert\n")
    first, second = Manifest.read(path)
    assert first.path == str(tmp_path / "wav" / "a.wav")
    assert second.path == "/abs/b.wav"


def test_only_paths_below_the_manifest_are_written_relative(tmp_path):
    inside, outside = tmp_path / "corpus" / "wav" / "a.wav", tmp_path / "b.wav"
    manifest = Manifest(
        [
            Utterance("a", str(inside), speaker="anna"),
            Utterance("b", str(outside), speaker="bert"),
        ]
    )
    manifest.write(tmp_path / "corpus" / "m.csv")
    frame = pd.read_csv(tmp_path / "corpus" / "m.csv", dtype=str)
    assert list(frame["path"]) == ["wav/a.wav", str(outside)]


def test_a_moved_corpus_is_read_at_its_new_place(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    Manifest([Utterance("a", str(old / "a.wav"), speaker="s")]).write(old / "m.csv")
    old.rename(new)
    assert Manifest.read(new / "m.csv")[0].path == str(new / "a.wav")


def test_keys_made_up_are_file_names_or_paths_where_names_clash(tmp_path):
    path = written(tmp_path, "path,speaker\nx/1.wav,anna\ny/1.wav,bert\ny/2.wav,bert\n")
    assert Manifest.read(path).keys == ("x/1", "y/1", "2")


def test_values_lose_the_blanks_around_them(tmp_path):
    path = written(tmp_path, "path , speaker\n a.wav ,   EB0 \n")
    assert Manifest.read(path)[0].speaker == "EB0"


def test_a_byte_order_mark_and_blank_lines_do_not_disturb(tmp_path):
    path = written(tmp_path, "\ufeffpath,speaker\r\n\r\na.wav,anna\r\n,\r\n")
    assert Manifest.read(path).speakers == ("anna",)


def test_quotes_in_tsv_are_ordinary_marks(tmp_path):
    path = written(tmp_path, 'path\tspeaker\ttext\na.wav\tanna\t"so"\n', "m.tsv")
    assert Manifest.read(path)[0].text == '"so"'


def test_json_numbers_null_and_absent_fields_are_read_as_texts(tmp_path):
    lines = [
        {"path": "a.wav", "speaker": 7, "label": None},
        {"path": "b", "speaker": "8"},
    ]
    text = "\n".join(map(json.dumps, lines))
    manifest = Manifest.read(written(tmp_path, text, "m.jsonl"))
    assert [(one.speaker, one.label) for one in manifest] == [("7", ""), ("8", "")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path\na.wav\n", r":1: column 'speaker' is missing\. Received: path\."),
        ("speaker\nanna\n", r":1: column 'path' is missing\."),
        ("path;speaker\na.wav;anna\n", r":1: .* separates its values with commas"),
        ("path,speaker,lable\na,b,c\n", r":1: .* 'lable' is unknown\. .*'label'\?"),
        ("path,speaker,xyzzy\na,b,c\n", r":1: .* 'xyzzy' is unknown\. Remove it"),
        ("path,speaker,path\na,b,c\n", r":1: column 'path' stands twice"),
        (",path,speaker\n0,a,b\n", r":1: the header has a column without a name"),
        ("path,speaker\na.wav,\n", r":2: column 'speaker' must not be empty"),
        ("path,speaker\nb,x\n,anna\n", r":3: column 'path' must not be empty"),
        (
            "path,speaker,gender\na.wav,anna,f\n",
            r":2: column 'gender' must be female, male, other .* Received: 'f'",
        ),
        (
            "key,path,speaker\nk,a,x\n\nk,b,x\n",
            r":4: column 'key' must be unique\. Received: 'k', also on line 2",
        ),
        ("path,speaker\na.wav,anna,joy\n", r":2: 3 values for 2 columns"),
        ('path,speaker\na.wav,"an"na\n', r":2: the record .* not valid CSV"),
        ('path,speaker\na,x\nb,"never closed\n', r":3: the record .* not valid CSV"),
        ("path,speaker\n", r"m\.csv: the table has no utterance"),
        ("", r"m\.csv: the file is empty"),
        ("path,speaker\na\0,b\n", r":2: a zero byte"),
    ],
)
def test_a_broken_csv_is_refused_with_line_rule_and_remedy(tmp_path, text, message):
    with pytest.raises(ManifestError, match=message) as caught:
        Manifest.read(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "m.csv") in str(caught.value)


def test_the_line_after_a_value_of_two_lines_is_still_named_rightly(tmp_path):
    text = 'path,speaker,text\na.wav,anna,"one\ntwo"\nb.wav,,x\n'
    with pytest.raises(ManifestError, match=r"m\.csv:4: column 'speaker'"):
        Manifest.read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"path": "a", "speaker": "x"}\n{"path": \n', r":2: not valid JSON at char"),
        ('["a", "x"]\n', r":1: a list where an object must stand"),
        ('{"path": "a", "speaker": 1.5}\n', r":1: column 'speaker' .* Received: 1\.5"),
        ('{"path": "a", "speaker": "x", "txt": ""}\n', r"'txt' is unknown\. .*'text'"),
        (
            '{"path": "a", "speaker": "x"}\n{"path": "b", "speaker": "x", "who": ""}\n',
            r":2: column 'who' is unknown",
        ),
        ('{"path": "a", "speaker": "x"}\n{"path": "b"}\n', r":2: column 'speaker'"),
        ("\n\n", "the file is empty"),
    ],
)
def test_a_broken_jsonl_is_refused_with_line_rule_and_remedy(tmp_path, text, message):
    with pytest.raises(ManifestError, match=message):
        Manifest.read(written(tmp_path, text, "m.jsonl"))


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_a_sound_file_named_as_a_table_is_told_from_text(tmp_path, name):
    (tmp_path / name).write_bytes(b"RIFF\x24\x08\xff\xfe\x00\x00WAVE")
    with pytest.raises(ManifestError, match=r":1: byte 0xff is not UTF-8 text"):
        Manifest.read(tmp_path / name)


@needs_pyarrow
def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    (tmp_path / "m.parquet").write_bytes(b"no such thing")
    with pytest.raises(ManifestError, match=r"m\.parquet: not a Parquet file"):
        Manifest.read(tmp_path / "m.parquet")


def test_parquet_without_pyarrow_is_refused_with_another_way(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ManifestError, match=r"needs pyarrow.* Use \.csv or \.jsonl"):
        FOUR.write(tmp_path / "m.parquet")
    assert os.listdir(tmp_path) == []


PACKED = gzip.compress(b'{"path": "a.wav", "speaker": "anna"}\n' * 97, mtime=0)
MIDDLE = len(PACKED) // 2


@pytest.mark.parametrize(
    "damaged",
    [b"no such thing", PACKED[:MIDDLE], PACKED[:MIDDLE] + b"\xff" * MIDDLE],
    ids=["not gzip", "cut off", "overwritten"],
)
def test_a_damaged_gzip_file_is_refused(tmp_path, damaged):
    (tmp_path / "m.jsonl.gz").write_bytes(damaged)
    with pytest.raises(ManifestError, match=r"m\.jsonl\.gz:\d+: .*cannot be read"):
        Manifest.read(tmp_path / "m.jsonl.gz")


@needs_pyarrow
def test_a_parquet_column_of_fractions_is_refused(tmp_path):
    frame = pd.DataFrame({"path": ["a.wav"], "speaker": [7.5]})
    frame.to_parquet(tmp_path / "m.parquet")
    with pytest.raises(ManifestError, match="column 'speaker' must hold strings"):
        Manifest.read(tmp_path / "m.parquet")


@needs_pyarrow
def test_a_parquet_file_of_pandas_is_read(tmp_path):
    frame = pd.DataFrame(
        {"path": ["/a.wav"], "speaker": pd.Categorical(["007"]), "label": [None]}
    )
    frame.to_parquet(tmp_path / "m.parquet")
    assert Manifest.read(tmp_path / "m.parquet") == Manifest(
        [Utterance("a", "/a.wav", speaker="007")]
    )


def test_a_missing_file_a_folder_and_an_unknown_ending_are_told_apart(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name, message in (
        ("none.csv", "no such file"),
        ("folder.csv", "is a folder"),
        ("m.xlsx", r"must end in one of \.csv"),
    ):
        with pytest.raises(ManifestError, match=message):
            Manifest.read(tmp_path / name)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    FOUR.write(tmp_path / "m.tsv")
    before = (tmp_path / "m.tsv").read_bytes()
    broken = FOUR + Manifest([Utterance("c", "/c.wav", speaker="c", text="a\tb")])
    with pytest.raises(ManifestError, match="m.tsv:6"):
        broken.write(tmp_path / "m.tsv")
    assert (tmp_path / "m.tsv").read_bytes() == before
    assert os.listdir(tmp_path) == ["m.tsv"]


def test_the_same_manifest_gives_the_same_gzip_bytes(tmp_path):
    FOUR.write(tmp_path / "one.jsonl.gz")
    FOUR.write(tmp_path / "two.jsonl.gz")
    one, two = (tmp_path / f"{name}.jsonl.gz" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_an_empty_manifest_can_be_held_but_not_written(tmp_path):
    empty = FOUR.where(speaker="carl")
    assert len(empty) == 0
    with pytest.raises(ManifestError, match="at least one utterance"):
        empty.write(tmp_path / "m.csv")


def test_where_takes_a_value_or_a_collection_and_all_must_hold():
    assert FOUR.where(speaker="anna").keys == ("a1", "a2")
    assert FOUR.where(label=("joy", "fear"), speaker={"bert"}).keys == ("b1",)


def test_without_drops_what_any_of_the_fields_names():
    assert FOUR.without(label="").keys == ("a1", "a2", "b1")
    assert FOUR.without(speaker="bert", label=["fear"]).keys == ("a1",)


def test_where_names_a_misspelt_field():
    with pytest.raises(ManifestError, match=r"no field 'speakers'.*'speaker'\?"):
        FOUR.where(speakers="anna")


def test_speakers_and_labels_are_sorted_and_the_empty_label_is_none():
    assert FOUR.speakers == ("anna", "bert")
    assert FOUR.labels == ("fear", "joy")


def test_a_manifest_is_a_sequence_whose_slices_are_manifests():
    assert FOUR[0].key == "a1"
    assert FOUR[-1].key == "b2"
    assert FOUR[1:3] == Manifest([FOUR[1], FOUR[2]])
    assert FOUR[2] in FOUR


def test_joined_manifests_keep_their_order():
    assert (FOUR[2:] + FOUR[:2]).keys == ("b1", "b2", "a1", "a2")


def test_joining_manifests_with_one_key_in_common_is_refused():
    with pytest.raises(ManifestError, match=r"key 'a1' must be unique.*/sound/a1\.wav"):
        FOUR + FOUR[:1]


def test_a_frame_gives_back_the_manifest_and_has_only_strings():
    frame = FOUR.to_frame()
    assert Manifest.from_frame(frame) == FOUR
    assert all(type(value) is str for value in frame.to_numpy().ravel())


def test_a_frame_with_gaps_whole_numbers_and_a_folder_is_understood(tmp_path):
    frame = pd.DataFrame({"path": ["a.wav"], "speaker": [7], "label": [float("nan")]})
    one = Manifest.from_frame(frame, tmp_path)[0]
    assert (one.speaker, one.label) == ("7", "")
    assert one.path == str(tmp_path / "a.wav")


def test_a_frame_with_fractions_is_refused_with_its_row():
    frame = pd.DataFrame({"path": ["a", "b"], "speaker": [1.0, 2.0]})
    with pytest.raises(ManifestError, match=r"table:1: column 'speaker'.*dtype=str"):
        Manifest.from_frame(frame)


def test_an_utterance_is_frozen_and_takes_only_strings():
    with pytest.raises(AttributeError):
        FOUR[0].label = "fear"
    with pytest.raises(ManifestError, match="column 'speaker' must be a string"):
        Utterance("a", "a.wav", speaker=7)

"""Published lists on disk: what each line means, and how a faulty one is refused."""

import json

import pytest

from satn_keras.errors import ManifestError, ProtocolError
from satn_keras.experiments.folds.fold_lists import Entry, read_fold_list


def emobox_line(name, **fields):
    """A line as EmoBox writes it: `num_frame` is a float."""
    line = {
        "key": f"mini-{name}",
        "dataset": "mini",
        "wav": f"downloads/mini/wav/{name}.wav",
        "type": "raw",
        "sample_rate": 16000,
        "num_frame": 33978.0,
        "task": "category",
        "length": 2.123625,
        "emo": "anger",
        "channel": 1,
    }
    return json.dumps(line | fields)


def older_line(key):
    """A line of the older layout: `audio` and `label`."""
    line = {
        "key": f"mini-{key}",
        "dataset": "mini",
        "audio": f"downloads/mini/wav/{key}.wav",
        "num_frame": 33978.0,
        "label": "anger",
    }
    return json.dumps(line)


@pytest.fixture
def write(tmp_path):
    def write(name, *lines):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def test_a_table_names_fold_and_part_of_each_line(write):
    path = write("folds.csv", "key,fold,part", "a,1,train", "b,1,dev", "c,1,Test")
    assert read_fold_list(path) == [
        Entry(f"{path}:2", "fold_1", "train", "a"),
        Entry(f"{path}:3", "fold_1", "validation", "b"),
        Entry(f"{path}:4", "fold_1", "test", "c"),
    ]


def test_columns_may_stand_in_any_order_and_folds_have_any_name(write):
    path = write("folds.tsv", "part\tkey\tfold", "test\ta\tSes05")
    assert read_fold_list(path) == [Entry(f"{path}:2", "Ses05", "test", "a")]


def test_a_table_of_test_folds_trains_each_utterance_in_all_other_folds(write):
    path = write("folds.csv", "key,fold", "a,2", "b,10", "c,2")
    found = [(entry.fold, entry.part, entry.key) for entry in read_fold_list(path)]
    assert sorted(found) == [
        ("fold_10", "test", "b"),
        ("fold_10", "train", "a"),
        ("fold_10", "train", "c"),
        ("fold_2", "test", "a"),
        ("fold_2", "test", "c"),
        ("fold_2", "train", "b"),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("key,fold,prat", "a,1,test"), r":1: .*Received: key, fold, prat"),
        (("key,part", "a,test"), r":1: the columns must be key, fold and part"),
        (("key,fold,part,label", "a,1,test,joy"), r":1: the columns must be"),
        (("key,fold,part", "a,1,test", "b,1,eval"), r":3: part must .* 'eval'"),
        (("key,fold,part", "a,1,test", ",1,train"), r":3: column 'key' .* empty"),
        (("key,fold", "a,"), r":2: column 'fold' must not be empty"),
    ],
)
def test_a_faulty_table_is_refused_with_file_and_line(write, lines, message):
    path = write("folds.csv", *lines)
    with pytest.raises(ProtocolError, match=message) as error:
        read_fold_list(path)
    assert str(error.value).startswith(str(path))


def test_a_broken_table_is_refused_with_file_and_line(write):
    path = write("folds.csv", "key,fold,part", "a,1")
    with pytest.raises(ManifestError, match=r"folds.csv:2: 2 values for 3 columns"):
        read_fold_list(path)


def test_an_emobox_folder_is_read_in_the_order_of_its_folds(write, tmp_path):
    for number in (1, 2, 10):
        folder = f"fold_{number}"
        write(f"{folder}/mini_train_fold_{number}.jsonl", emobox_line("a"))
        test = write(f"{folder}/mini_test_fold_{number}.jsonl", emobox_line("b"))
    write("mini.jsonl", emobox_line("a"), emobox_line("b"))  # the whole corpus
    write("fold_1/mini_train_fold_1.json", "{}")
    entries = read_fold_list(tmp_path)
    assert [(entry.fold, entry.part) for entry in entries] == [
        (f"fold_{number}", part) for number in (1, 2, 10) for part in ("test", "train")
    ]
    assert entries[-2] == Entry(
        f"{test}:1",
        "fold_10",
        "test",
        "mini-b",
        "downloads/mini/wav/b.wav",
        "mini",
    )


def test_emobox_s_validation_file_is_the_validation_part(write, tmp_path):
    for part in ("train", "valid", "test"):
        write(f"fold_1/mini_{part}_fold_1.jsonl", emobox_line(part))
    found = {entry.part: entry.key for entry in read_fold_list(tmp_path)}
    assert found == {
        "train": "mini-train",
        "validation": "mini-valid",
        "test": "mini-test",
    }


@pytest.mark.parametrize("folder", ["fold1", "fold_1"])
def test_emobox_s_older_layout_is_read_too(write, tmp_path, folder):
    for part in ("train", "test"):
        write(f"{folder}/mini_{part}_fold1.jsonl", older_line(part))
    entries = read_fold_list(tmp_path)
    assert {(entry.fold, entry.part, entry.path) for entry in entries} == {
        ("fold_1", part, f"downloads/mini/wav/{part}.wav") for part in ("train", "test")
    }


def test_of_two_layouts_side_by_side_the_newer_one_is_read(write, tmp_path):
    for part in ("train", "test"):
        write(f"fold_1/mini_{part}_fold1.jsonl", older_line(f"old-{part}"))
        write(f"fold_1/mini_{part}_fold_1.jsonl", emobox_line(f"new-{part}"))
    assert {entry.key for entry in read_fold_list(tmp_path)} == {
        "mini-new-train",
        "mini-new-test",
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"key": "a"', r":2: not valid JSON"),
        ('["a"]', r":2: an object must stand on each line. Received: list"),
        (emobox_line("a", key=7), r":2: 'key' must be a text .* Received: 7"),
        ('{"wav": "a.wav"}', r":2: 'key' must be a text .* Received: ''"),
        (emobox_line("a", wav=None), r":2: 'wav' must be a text .* Received: None"),
    ],
)
def test_a_faulty_line_of_emobox_is_refused_with_file_and_line(
    write, tmp_path, line, message
):
    train = write("fold_1/mini_train_fold_1.jsonl", emobox_line("b"), line)
    write("fold_1/mini_test_fold_1.jsonl", emobox_line("c"))
    with pytest.raises(ProtocolError, match=message) as error:
        read_fold_list(tmp_path)
    assert str(error.value).startswith(str(train))


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ProtocolError, match=r"nowhere.csv: no such list of folds"):
        read_fold_list(tmp_path / "nowhere.csv")


def test_a_folder_without_folds_is_refused(tmp_path):
    with pytest.raises(ProtocolError, match="no folds as EmoBox lays them out"):
        read_fold_list(tmp_path)


def test_one_file_of_emobox_is_no_list(write):
    path = write("fold_1/mini_test_fold_1.jsonl", emobox_line("a"))
    with pytest.raises(ProtocolError, match="Give the folder of the corpus"):
        read_fold_list(path)


def test_a_fold_of_emobox_without_its_training_file_is_refused(write, tmp_path):
    write("fold_1/mini_test_fold_1.jsonl", emobox_line("a"))
    write("fold_1/mini_train_fold_2.jsonl", emobox_line("a"))  # of another fold
    with pytest.raises(ProtocolError, match=r"fold_1: no train file"):
        read_fold_list(tmp_path)


def test_two_corpora_in_a_folder_of_emobox_are_refused(write, tmp_path):
    for corpus in ("mini", "maxi"):
        for part in ("train", "test"):
            write(f"fold_1/{corpus}_{part}_fold_1.jsonl", emobox_line(part))
    with pytest.raises(ProtocolError, match="two test files, maxi_test_fold_1.jsonl"):
        read_fold_list(tmp_path)


def test_a_file_that_is_no_text_is_refused(write, tmp_path):
    write("fold_1/mini_train_fold_1.jsonl", emobox_line("b"))
    (tmp_path / "fold_1" / "mini_test_fold_1.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProtocolError, match=r"test_fold_1.jsonl: cannot be read"):
        read_fold_list(tmp_path)

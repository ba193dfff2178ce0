"""A fold: what is never in two of its parts, and what it writes of itself."""

import dataclasses
import json

import pytest

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import Fold, hold_out_speakers
from tests.experiments.folds.divisions import manifest_of, parts, spoken

SIX = manifest_of("abcdef" * 2)


def test_a_fold_that_shares_a_speaker_is_refused_with_the_name_and_the_parts():
    train, test = SIX.where(speaker=("a", "b")), SIX.where(speaker="b")
    with pytest.raises(
        ProtocolError, match="fold 'x': speaker 'b' in both train and t"
    ):
        Fold("x", train=train, validation=SIX.where(speaker="c"), test=test)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_fold_whose_parts_share_a_sound_file_is_refused(part, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    copy = Manifest([Utterance("copy", str(tmp_path / "a0.wav"), speaker="zoe")])
    whole = {
        "train": SIX.where(speaker="a"),
        "validation": SIX.where(speaker="b"),
        "test": SIX.where(speaker="c"),
    }
    with pytest.raises(ProtocolError, match=f"audio file .*both train and {part}"):
        Fold("x", **{**whole, part: copy})


def test_a_fold_whose_parts_share_a_key_is_refused():
    clash = Manifest([Utterance("a0", "elsewhere.wav", speaker="zoe")])
    with pytest.raises(ProtocolError, match="key 'a0' in both train and test"):
        Fold("x", SIX.where(speaker="a"), Manifest(), clash)


def test_sentences_may_be_shared_unless_the_protocol_keeps_them_apart():
    one = spoken([("a", "joy", "7"), ("b", "joy", "8"), ("c", "joy", "7")])
    train, validation, test = (one.where(speaker=name) for name in "abc")
    Fold("x", train, validation, test)
    kept = ("speaker", "key", "audio file", "sentence")
    with pytest.raises(ProtocolError, match="sentence '7' in both train and test"):
        Fold("x", train, validation, test, disjoint=kept)
    assert Fold("x", train, Manifest(), validation, disjoint=kept).disjoint == kept


@pytest.mark.parametrize(
    "disjoint", [(), ("speaker",), ("speaker", "key"), ("key", "audio file", "label")]
)
def test_keys_and_sound_files_are_always_disjoint(disjoint):
    with pytest.raises(ProtocolError, match="must hold key and audio file"):
        Fold("x", SIX[:1], Manifest(), SIX[1:2], disjoint=disjoint)


def test_a_fold_that_shares_speakers_says_that_it_depends_on_them():
    apart = Fold("x", SIX[:1], Manifest(), SIX[1:2])
    shared = Fold("x", SIX[:1], Manifest(), SIX[6:7], disjoint=("key", "audio file"))
    assert apart.speaker_independent
    assert not shared.speaker_independent
    assert shared.split_record()["speaker_independent"] is False
    assert shared.split_record()["disjoint"] == ["key", "audio file"]


def test_a_speaker_shared_by_train_and_validation_leaves_the_test_part_unheard():
    fold = Fold("x", SIX[:1], SIX[6:7], SIX[1:2], disjoint=("key", "audio file"))
    assert fold.train.speakers == fold.validation.speakers
    assert fold.speaker_independent


def test_a_validation_speaker_in_the_test_part_makes_a_fold_dependent():
    fold = Fold("x", SIX[:1], SIX[1:2], SIX[7:8], disjoint=("key", "audio file"))
    assert not fold.speaker_independent


def test_a_fold_without_training_or_test_utterances_is_refused():
    one = SIX.where(speaker="a")
    with pytest.raises(ProtocolError, match="train has no utterance"):
        Fold("x", Manifest(), Manifest(), one)
    with pytest.raises(ProtocolError, match="test has no utterance"):
        Fold("x", one, Manifest(), Manifest())


def test_a_long_list_of_shared_speakers_is_shortened():
    many = manifest_of("abcdefghij")
    with pytest.raises(ProtocolError, match="'e' and 5 more in both"):
        Fold("x", many, Manifest(), many)


def test_a_fold_is_frozen():
    fold = hold_out_speakers(SIX)
    with pytest.raises(dataclasses.FrozenInstanceError):
        fold.train = fold.test


def test_the_split_record_is_json_with_a_hash_of_its_parts_alone():
    fold = Fold("x", SIX[:1], SIX[1:2], SIX[2:3])
    record = json.loads(json.dumps(fold.split_record()))
    # printf '[["a0"], ["b1"], ["c2"]]' | sha256sum
    assert record == {
        "name": "x",
        "train": ["a0"],
        "validation": ["b1"],
        "test": ["c2"],
        "sha256": "b68d700abb7dc4e9aba69d513c5e72863a2ceb7e305bc74f0c3e82f746595a45",
    }
    assert Fold("y", *parts(fold)).split_record()["sha256"] == record["sha256"]
    swapped = Fold("x", SIX[:1], SIX[2:3], SIX[1:2]).split_record()
    assert swapped["sha256"] != record["sha256"]

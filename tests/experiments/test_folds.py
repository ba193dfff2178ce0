"""Folds: no speaker in two parts, whatever is asked."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import (
    Fold,
    hold_out_speakers,
    leave_one_session_out,
    leave_one_speaker_out,
)


def manifest_of(speakers, **fields):
    """Manifest with one utterance for each name in `speakers`, repeats allowed."""
    return Manifest(
        Utterance(f"{name}{place}", f"{name}{place}.wav", speaker=name, **fields)
        for place, name in enumerate(speakers)
    )


def parts(fold):
    return fold.train, fold.validation, fold.test


MANIFESTS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=30).map(
    manifest_of
)
SIX = manifest_of("abcdef" * 2)


@given(MANIFESTS, st.integers(0, 3), st.integers(0, 99))
def test_one_speaker_out_tests_each_utterance_once_and_shares_no_speaker(
    manifest, validation_speakers, seed
):
    if len(manifest.speakers) < validation_speakers + 2:
        with pytest.raises(ProtocolError, match="at least"):
            leave_one_speaker_out(manifest, validation_speakers, seed)
        return
    folds = list(leave_one_speaker_out(manifest, validation_speakers, seed))
    tested = [key for fold in folds for key in fold.test.keys]
    assert sorted(tested) == sorted(manifest.keys)
    validating = [name for fold in folds for name in fold.validation.speakers]
    for fold in folds:
        train, validation, test = (set(part.speakers) for part in parts(fold))
        assert len(test) == 1
        assert len(validation) == validation_speakers
        assert not train & validation and not train & test and not validation & test
        assert train | validation | test == set(manifest.speakers)
        assert sum(map(len, parts(fold))) == len(manifest)
    # Every speaker validates as often as any other.
    assert {validating.count(name) for name in manifest.speakers} == {
        validation_speakers
    }


@given(MANIFESTS, st.integers(0, 4), st.integers(0, 4), st.integers(0, 99))
def test_held_out_speakers_are_as_many_as_asked_and_in_one_part(
    manifest, test, validation, seed
):
    if test == 0 or len(manifest.speakers) < test + validation + 1:
        with pytest.raises(ProtocolError):
            hold_out_speakers(manifest, test, validation, seed)
        return
    fold = hold_out_speakers(manifest, test, validation, seed)
    assert len(fold.test.speakers) == test
    assert len(fold.validation.speakers) == validation
    assert sorted(key for part in parts(fold) for key in part.keys) == sorted(
        manifest.keys
    )
    speakers = [name for part in parts(fold) for name in part.speakers]
    assert len(speakers) == len(set(speakers))


def test_named_speakers_are_held_out_and_counted_ones_are_others():
    fold = hold_out_speakers(SIX, test=("b", "e"), validation=2, seed=3)
    assert fold.test.speakers == ("b", "e")
    assert len(fold.validation.speakers) == 2
    assert not {"b", "e"} & set(fold.validation.speakers)


def test_the_seed_decides_who_is_counted_and_the_order_of_rows_does_not():
    chosen = {hold_out_speakers(SIX, seed=seed).test.speakers for seed in range(20)}
    assert len(chosen) > 1
    reversed_ = Manifest(reversed(SIX.utterances))
    for seed in range(5):
        assert (
            hold_out_speakers(SIX, seed=seed).split_record()["sha256"]
            == hold_out_speakers(reversed_, seed=seed).split_record()["sha256"]
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"test": ("b", "zoe")}, r"test speaker 'zoe' not in .*: a, b, c, d, e, f"),
        ({"validation": "zoe"}, r"validation speaker 'zoe' not in the manifest"),
        ({"test": ("a",), "validation": ("a", "b")}, r"speaker 'a' in both validation"),
        ({"test": 4, "validation": 2}, r"at least 7 speakers.* Received: 6 \(a, b"),
        ({"test": tuple("abcdef"), "validation": 0}, r"at least 7 speakers"),
        ({"test": -1}, "must be at least 0"),
        ({"test": ()}, "test has no utterance"),
    ],
)
def test_a_division_that_cannot_be_made_is_refused_by_name(arguments, message):
    with pytest.raises(ProtocolError, match=message):
        hold_out_speakers(SIX, **arguments)


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


def test_folds_are_named_by_their_test_speaker_in_sorted_order():
    folds = list(leave_one_speaker_out(manifest_of("cab")))
    assert [(fold.name, fold.test.speakers) for fold in folds] == [
        ("a", ("a",)),
        ("b", ("b",)),
        ("c", ("c",)),
    ]


def test_too_few_speakers_are_refused_before_the_first_fold():
    with pytest.raises(ProtocolError, match=r"at least 3 speakers.* 2 \(a, b\)"):
        leave_one_speaker_out(manifest_of("ab"))
    with pytest.raises(ProtocolError, match="`validation_speakers` must be at least 0"):
        leave_one_speaker_out(manifest_of("ab"), validation_speakers=-1)


def dialogues(**speakers_of):
    """Manifest with two utterances by each speaker of each session."""
    return Manifest(
        Utterance(
            f"{session}_{name}_{turn}",
            f"{session}_{name}_{turn}.wav",
            speaker=name,
            session=session,
        )
        for session, names in speakers_of.items()
        for name in names
        for turn in range(2)
    )


def test_one_session_out_tests_both_its_speakers_in_turn():
    manifest = dialogues(s1=("f1", "m1"), s2=("f2", "m2"), s3=("f3", "m3"))
    folds = list(leave_one_session_out(manifest))
    assert [fold.name for fold in folds] == [
        f"s{number}_{gender}{number}" for number in (1, 2, 3) for gender in "fm"
    ]
    second = folds[3]
    assert second.test.speakers == ("m2",)
    assert second.validation.speakers == ("f2",)
    assert second.train.speakers == ("f1", "f3", "m1", "m3")
    tested = [key for fold in folds for key in fold.test.keys]
    assert sorted(tested) == sorted(manifest.keys)


def test_a_session_without_exactly_two_speakers_is_refused():
    with pytest.raises(ProtocolError, match="session 's2' must have two .*'f2'"):
        leave_one_session_out(dialogues(s1=("f1", "m1"), s2=("f2",)))
    with pytest.raises(ProtocolError, match="session '' must have two speakers"):
        leave_one_session_out(SIX)


def test_a_speaker_in_two_sessions_is_refused():
    manifest = dialogues(s1=("f1", "m1"), s2=("f1", "m2"))
    with pytest.raises(ProtocolError, match="speaker 'f1' in both"):
        list(leave_one_session_out(manifest))


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

"""Folds over speakers: no speaker in two parts, whatever is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import (
    hold_out_speakers,
    leave_one_speaker_out,
    speaker_folds,
)
from tests.experiments.folds.divisions import (
    LABELLED,
    MANIFESTS,
    apart,
    manifest_of,
    parts,
    records,
    scored_keys,
)

SIX = manifest_of("abcdef" * 2)


@settings(deadline=None)
@given(MANIFESTS, st.integers(0, 3), st.integers(0, 99))
def test_one_speaker_out_tests_each_utterance_once_and_shares_no_speaker(
    manifest, validation_speakers, seed
):
    if len(manifest.speakers) < validation_speakers + 2:
        with pytest.raises(ProtocolError, match="at least"):
            leave_one_speaker_out(manifest, validation_speakers, seed)
        return
    folds = list(leave_one_speaker_out(manifest, validation_speakers, seed))
    assert scored_keys(folds) == sorted(manifest.keys)
    validating = [name for fold in folds for name in fold.validation.speakers]
    for fold in folds:
        assert len(fold.test.speakers) == 1
        assert len(fold.validation.speakers) == validation_speakers
        assert apart(fold, "speaker", "recording", "key")
        assert sum(map(len, parts(fold))) == len(manifest)
    # Every speaker validates as often as any other.
    assert {validating.count(name) for name in manifest.speakers} == {
        validation_speakers
    }


@settings(deadline=None)
@given(LABELLED, st.integers(2, 5), st.integers(0, 3), st.integers(0, 99))
def test_speaker_folds_test_each_utterance_once_and_share_no_speaker(
    manifest, num_folds, validation_speakers, seed
):
    arguments = manifest, num_folds, validation_speakers, seed
    count = len(manifest.speakers)
    try:
        folds = list(speaker_folds(*arguments))
    except ProtocolError:
        # A group may hold all speakers but one for each other group.
        assert count < num_folds or num_folds < validation_speakers + 2
        return
    assert len(folds) == num_folds
    assert scored_keys(folds) == sorted(manifest.keys)
    for fold in folds:
        assert apart(fold, "speaker", "recording", "key")
        assert len(fold.validation.speakers) == validation_speakers
        assert sum(map(len, parts(fold))) == len(manifest)


@settings(deadline=None)
@given(LABELLED, st.integers(0, 99), st.randoms())
def test_speaker_folds_follow_from_the_seed_and_not_from_the_order_of_rows(
    manifest, seed, random
):
    if len(manifest.speakers) < 5:
        return
    rows = list(manifest)
    random.shuffle(rows)
    again = speaker_folds(Manifest(rows), 3, 1, seed)
    assert [fold.split_record()["sha256"] for fold in again] == [
        record["sha256"] for record in records(speaker_folds(manifest, 3, 1, seed))
    ]


def test_the_seed_decides_the_groups_of_equal_speakers():
    groups = {
        frozenset(fold.test.speakers for fold in speaker_folds(SIX, 3, 1, seed))
        for seed in range(20)
    }
    assert len(groups) > 1


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=4, max_size=9), st.integers(2, 4))
def test_groups_of_one_class_differ_by_no_more_than_the_largest_speaker(
    counts, num_folds
):
    manifest = manifest_of(
        "".join(name * n for name, n in zip("abcdefghi", counts, strict=False))
    )
    folds = list(speaker_folds(manifest, num_folds, 0))
    sizes = [len(fold.test) for fold in folds]
    # Graham's rule: the last speaker dealt went to the smallest group.
    assert max(sizes) - min(sizes) <= max(counts)


def test_speaker_folds_are_named_by_their_number():
    assert [fold.name for fold in speaker_folds(SIX, 3)] == [
        "fold_1",
        "fold_2",
        "fold_3",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_folds": 7}, r"7 groups need at least as many speakers.* 6 \(a, b"),
        ({"num_folds": 1}, "`num_folds` must be at least 2"),
        ({"num_folds": 2, "validation_speakers": 3}, "at least 7 speakers"),
        ({"validation_speakers": -1}, "`validation_speakers` must be at least 0"),
    ],
)
def test_speaker_folds_that_cannot_be_made_are_refused(arguments, message):
    with pytest.raises(ProtocolError, match=message):
        speaker_folds(SIX, **arguments)


@settings(deadline=None)
@given(MANIFESTS, st.integers(0, 4), st.integers(0, 4), st.integers(0, 99))
def test_held_out_speakers_are_as_many_as_asked_and_in_one_part(
    manifest, test, validation, seed
):
    if len(manifest.speakers) < test + validation + 1:
        with pytest.raises(ProtocolError):
            hold_out_speakers(manifest, test, validation, seed)
        return
    fold = hold_out_speakers(manifest, test, validation, seed)
    assert len(fold.test.speakers) == test
    assert fold.untested == (test == 0)
    assert len(fold.validation.speakers) == validation
    assert sorted(key for part in parts(fold) for key in part.keys) == sorted(
        manifest.keys
    )
    assert apart(fold, "speaker")


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
    ],
)
def test_a_division_that_cannot_be_made_is_refused_by_name(arguments, message):
    with pytest.raises(ProtocolError, match=message):
        hold_out_speakers(SIX, **arguments)


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

"""Speakers and sentences held out at once."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import speaker_sentence_folds
from tests.experiments.folds.divisions import (
    LABELLED,
    apart,
    crossed,
    manifest_of,
    parts,
    records,
    scored_keys,
    spoken,
    told,
)

CELLS = st.builds(
    crossed,
    st.integers(4, 7).map(lambda n: "abcdefg"[:n]),
    st.integers(3, 9).map(lambda n: "123456789"[:n]),
)


def check(manifest, folds):
    assert scored_keys(folds) == sorted(manifest.keys)
    for fold in folds:
        assert apart(fold, "speaker", "sentence", "recording", "key")
        assert all(map(len, parts(fold)))


def held_out(fold, field):
    return set().union(*told(fold, field)[1:])  # by validation and test


def check_that_all_train_who_may(manifest, folds):
    for fold in folds:
        speakers, sentences = (held_out(fold, of) for of in ("speaker", "sentence"))
        assert list(fold.train) == [
            one
            for one in manifest
            if one.speaker not in speakers and one.sentence not in sentences
        ]


@settings(deadline=None)
@given(CELLS, st.integers(2, 4), st.just(3), st.integers(1, 2), st.integers(0, 9))
def test_where_all_say_all_each_utterance_is_tested_once(
    manifest, num_folds, groups, validation_speakers, seed
):
    arguments = manifest, num_folds, groups, validation_speakers, seed
    try:
        folds = list(speaker_sentence_folds(*arguments))
    except ProtocolError as error:
        assert "needs at least" in str(error)  # of few speakers none is left to train
        return
    assert len(folds) == num_folds * groups
    check(manifest, folds)
    check_that_all_train_who_may(manifest, folds)
    assert records(folds) == records(speaker_sentence_folds(*arguments))


@settings(deadline=None)
@given(LABELLED, st.integers(2, 3), st.integers(0, 9))
def test_where_some_say_some_no_speaker_or_sentence_is_in_two_parts(
    manifest, num_folds, seed
):
    try:
        folds = list(speaker_sentence_folds(manifest, num_folds, 3, 1, seed))
    except ProtocolError:  # a part would have been empty
        return
    check(manifest, folds)


@settings(deadline=None)
@given(st.randoms(), st.integers(0, 9))
def test_the_division_follows_from_the_seed_and_not_from_the_order_of_rows(
    random, seed
):
    manifest = crossed("abcde", "1234567")
    rows = list(manifest)
    random.shuffle(rows)
    again = speaker_sentence_folds(Manifest(rows), 3, 3, 1, seed)
    assert [record["sha256"] for record in records(again)] == [
        record["sha256"]
        for record in records(speaker_sentence_folds(manifest, 3, 3, 1, seed))
    ]


def test_ten_speakers_and_ten_sentences_make_twenty_five_folds():
    manifest = crossed("abcdefghij", "0123456789")
    folds = list(speaker_sentence_folds(manifest))
    assert len(folds) == 25
    # 2 of 10 speakers x 2 of 10 sentences are tested, 1 x 2 validate, 7 x 6 train.
    assert {tuple(map(len, parts(fold))) for fold in folds} == {(42, 2, 4)}
    assert folds[0].name == "speakers_1_sentences_1"
    assert folds[-1].name == "speakers_5_sentences_5"
    assert folds[0].split_record()["disjoint"] == [
        "speaker",
        "key",
        "audio file",
        "sentence",
    ]


def test_a_group_without_a_sentence_of_a_group_has_no_fold_with_it():
    rows = [
        (who, "joy", what)
        for who, what in itertools.product("abcd", "123")
        if (who, what) != ("a", "1")
    ]
    folds = list(speaker_sentence_folds(spoken(rows), 4, 3))
    assert len(folds) == 11
    check(spoken(rows), folds)


def test_validation_speakers_who_spoke_test_sentences_alone_are_refused():
    rows = [(who, "joy", what) for who in "abc" for what in "123"] + [("d", "joy", "1")]
    with pytest.raises(ProtocolError, match=r"\(d\) spoke test sentences alone"):
        list(speaker_sentence_folds(spoken(rows), 4, 3))


def test_an_utterance_without_a_sentence_is_refused_by_its_key():
    manifest = crossed("abc", "123") + manifest_of("z")
    with pytest.raises(ProtocolError, match="1 of 10 utterances .* such as 'z0'"):
        speaker_sentence_folds(manifest, 3, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sentence_groups": 2}, "`sentence_groups` must be at least 3"),
        ({"sentence_groups": 4}, r"at most the number of sentences.* 4 groups for '1'"),
        ({"validation_speakers": -1}, "`validation_speakers` must be at least 0"),
        ({"num_folds": 6}, "6 groups need at least as many speakers"),
        ({"num_folds": 5, "validation_speakers": 4}, "at least 6 speakers"),
    ],
)
def test_folds_that_cannot_be_made_are_refused(arguments, message):
    arguments = {"num_folds": 3, "sentence_groups": 3} | arguments
    with pytest.raises(ProtocolError, match=message):
        speaker_sentence_folds(crossed("abcde", "123"), **arguments)

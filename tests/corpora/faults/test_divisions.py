"""What was planted in two parts of a fold is found."""

import pytest

from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.faults.divisions import Division, check_divisions


def one(key, speaker, **fields):
    return Utterance(key, f"{key}.wav", speaker, "sad", **fields)


def check(train, validation, test, copies=(), **options):
    parts = {"train": train, "validation": validation, "test": test}
    parts = {name: Manifest(part) for name, part in parts.items()}
    return list(check_divisions([Division("f", parts, **options)], copies))


def test_a_fold_of_speakers_apart_breaks_no_rule():
    assert check([one("a", "anna")], [one("b", "bert")], [one("c", "cora")]) == []


@pytest.mark.parametrize(
    ("options", "rule"),
    [({}, "leaked_speaker"), ({"shares_speakers": True}, "allowed_speaker")],
)
def test_a_speaker_in_two_parts_is_an_error_unless_the_protocol_allows_it(
    options, rule
):
    (found,) = check(
        [one("a", "anna"), one("a2", "anna")],
        [one("b", "bert")],
        [one("c", "cora"), one("a3", "anna")],
        **options,
    )
    assert (found.rule, found.keys) == (rule, ("a", "a2", "a3"))
    assert found.message.startswith("fold 'f': speaker 'anna' in both train and test")


def test_two_corpora_may_both_have_a_speaker_01():
    train, test = one("a", "01", dataset="x"), one("b", "01", dataset="y")
    assert check([train], [one("c", "02")], [test]) == []


def test_the_same_sound_in_two_parts_is_an_error():
    a, b, c = one("a", "anna"), one("b", "bert"), one("c", "cora")
    (found,) = check([a], [b], [c], copies=[[a, b]])
    assert (found.rule, found.keys) == ("leaked_copy", ("a", "b"))
    assert "in both train and validation" in found.message


def test_copies_within_a_part_leak_nothing():
    a, b, c = one("a", "anna"), one("b", "anna"), one("c", "cora")
    assert check([a, b], [one("d", "dirk")], [c], copies=[[a, b]]) == []


def test_sentences_in_two_parts_are_told_once_for_all_folds():
    parts = {
        "train": Manifest([one("a", "anna", sentence="7")]),
        "test": Manifest([one("b", "bert", sentence="7")]),
    }
    apart = {**parts, "test": Manifest([one("c", "cora", sentence="8")])}
    divisions = [Division("1", parts), Division("2", apart), Division("3", parts)]
    (found,) = check_divisions(divisions, [])
    assert found.rule == "shared_sentence"
    assert found.message.startswith("2 of 3 folds have sentences in two parts: 1 sen")


def test_a_session_of_two_speakers_that_is_cut_apart_is_told():
    (found,) = check(
        [one("a", "anna", session="1")],
        [one("b", "bert", session="2")],
        [one("c", "cora", session="1")],
    )
    assert found.rule == "shared_session"


def test_a_session_that_is_one_speaker_s_own_is_the_speaker():
    found = check(
        [one("a", "anna", session="1")],
        [one("b", "bert", session="2")],
        [one("c", "anna", session="1")],
    )
    assert [finding.rule for finding in found] == ["leaked_speaker"]

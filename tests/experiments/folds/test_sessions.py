"""Sessions: two speakers each, one tested and one validating."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import leave_one_session_out
from tests.experiments.folds.divisions import (
    apart,
    dialogues,
    manifest_of,
    parts,
    scored_keys,
)

THREE = dialogues(s1=("f1", "m1"), s2=("f2", "m2"), s3=("f3", "m3"))
PAIRS = st.lists(
    st.tuples(st.sampled_from("fm"), st.sampled_from("fm")), min_size=2, max_size=6
).map(
    lambda genders: dialogues(
        **{
            f"s{n}": (f"{one}{n}a", f"{two}{n}b")
            for n, (one, two) in enumerate(genders)
        }
    )
)


@settings(deadline=None)
@given(PAIRS)
def test_both_directions_test_each_utterance_once_and_share_no_speaker(manifest):
    folds = list(leave_one_session_out(manifest))
    assert scored_keys(folds) == sorted(manifest.keys)
    for fold in folds:
        assert apart(fold, "speaker", "recording", "key")
        held_out = {one.session for one in (*fold.validation, *fold.test)}
        assert len(held_out) == 1
        assert held_out.isdisjoint(one.session for one in fold.train)
        assert sum(map(len, parts(fold))) == len(manifest)
        assert len(fold.validation.speakers) == len(fold.test.speakers) == 1
    halves = {(fold.validation.keys, fold.test.keys) for fold in folds}
    assert {(test, validation) for validation, test in halves} == halves


def test_one_session_out_tests_both_its_speakers_in_turn():
    folds = list(leave_one_session_out(THREE))
    assert [fold.name for fold in folds] == [
        f"s{number}_{gender}{number}" for number in (1, 2, 3) for gender in "fm"
    ]
    second = folds[3]
    assert second.test.speakers == ("m2",)
    assert second.validation.speakers == ("f2",)
    assert second.train.speakers == ("f1", "f3", "m1", "m3")


@pytest.mark.parametrize(("gender", "letter"), [("male", "m"), ("female", "f")])
def test_one_direction_tests_the_speaker_of_the_gender_in_each_session(gender, letter):
    folds = list(leave_one_session_out(THREE, "one", gender))
    assert [fold.test.speakers for fold in folds] == [
        (f"{letter}{number}",) for number in (1, 2, 3)
    ]
    both = {fold.name: fold.split_record() for fold in leave_one_session_out(THREE)}
    assert all(fold.split_record() == both[fold.name] for fold in folds)


@pytest.mark.parametrize("second", ["f2b", "x2"])
def test_one_direction_needs_a_woman_and_a_man_in_each_session(second):
    manifest = dialogues(s1=("f1", "m1"), s2=("f2", second))
    with pytest.raises(ProtocolError, match="'s2' must have one male .* 0 male"):
        leave_one_session_out(manifest, "one")


def test_a_speaker_of_two_genders_is_refused():
    whole = dialogues(s1=("f1", "m1"), s2=("f2", "m2"))
    renamed = dialogues(s2=("m2", "m3"))
    mixed = whole.without(key="s2_f2_1", speaker="m2") + renamed.where(speaker="m2")
    leave_one_session_out(mixed, "one")
    both = manifest_of(["m2"], session="s2", gender="female")
    with pytest.raises(ProtocolError, match="one male speaker"):
        leave_one_session_out(mixed + both, "one")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"directions": "all"}, "`directions` must be both or one"),
        ({"test_gender": "other"}, "`test_gender` must be female or male"),
    ],
)
def test_another_word_for_the_direction_is_refused(arguments, message):
    with pytest.raises(ProtocolError, match=message):
        leave_one_session_out(THREE, **arguments)


def test_a_session_without_exactly_two_speakers_is_refused():
    with pytest.raises(ProtocolError, match="session 's2' must have two .*'f2'"):
        leave_one_session_out(dialogues(s1=("f1", "m1"), s2=("f2",)))
    with pytest.raises(ProtocolError, match="session '' must have two speakers"):
        leave_one_session_out(manifest_of("abcdef"))


def test_a_single_session_cannot_be_left_out():
    with pytest.raises(ProtocolError, match=r"at least 2 sessions.* 1 \(s1\)"):
        leave_one_session_out(dialogues(s1=("f1", "m1")))


def test_a_speaker_in_two_sessions_is_refused():
    manifest = dialogues(s1=("f1", "m1"), s2=("f1", "m2"))
    with pytest.raises(ProtocolError, match="speaker 'f1' in both"):
        list(leave_one_session_out(manifest))

"""Balanced groups: no name twice, and as even as a greedy deal makes them."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.experiments.folds.groups import balanced_groups, followers, shuffled
from tests.experiments.folds.divisions import LABELLED, spoken


def speaker(one):
    return one.speaker


@settings(deadline=None)
@given(LABELLED, st.integers(1, 4), st.integers(0, 9))
def test_every_name_is_in_one_group_and_no_group_is_empty(manifest, groups, seed):
    if len(manifest.speakers) < groups:
        return
    dealt = balanced_groups(manifest, groups, speaker, seed)
    assert all(dealt)
    assert len(dealt) == groups
    assert sorted(itertools.chain(*dealt)) == list(manifest.speakers)


def test_speakers_of_opposite_classes_are_paired():
    # Anna and Carl are angry, Bert and Dora joyful: only mixed pairs are even.
    rows = [("anna", "anger", ""), ("carl", "anger", "")] * 3
    rows += [("bert", "joy", ""), ("dora", "joy", "")] * 3
    for seed in range(20):
        dealt = balanced_groups(spoken(rows), 2, speaker, seed)
        assert all(len({*group} & {"anna", "carl"}) == 1 for group in dealt)


def test_a_name_goes_where_utterances_and_classes_grow_least_uneven():
    rows = [("a", "anger", "")] * 5 + [("a", "joy", "")] * 2
    rows += [("b", "anger", "")] + [("b", "joy", "")] * 4
    rows += [("c", "joy", "")] * 3 + [("d", "anger", "")] * 2
    # 17 utterances, 8 of anger and 9 of joy. a and b open a group each. Then c adds
    # (10^2 - 7^2)/17^2 + (5^2 - 2^2)/9^2/2 = 0.31 to a, and
    # (8^2 - 5^2)/17^2 + (7^2 - 4^2)/9^2/2 = 0.34 to b, although b is smaller; and d
    # (12^2 - 10^2)/17^2 + (7^2 - 5^2)/8^2/2 = 0.34 to a and c, and
    # (7^2 - 5^2)/17^2 + (3^2 - 1^2)/8^2/2 = 0.15 to b.
    assert balanced_groups(spoken(rows), 2, speaker, seed=1) == [["a", "c"], ["b", "d"]]


def test_the_followers_of_the_last_are_the_first():
    assert followers("abcde", "d", 3) == ["e", "a", "b"]
    assert followers("abcde", "a", 0) == []


def test_a_shuffle_follows_from_names_and_seed_alone():
    assert shuffled("cab", 7) == shuffled("bca", 7)
    assert len({tuple(shuffled("abcdef", seed)) for seed in range(20)}) > 1

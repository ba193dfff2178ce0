"""Intervals against scipy's bootstrap, and the z-test against statsmodels."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import balanced_accuracy_score
from statsmodels.stats.proportion import proportions_ztest

from satn_keras.evaluation.statistics import (
    bootstrap_difference,
    bootstrap_interval,
    z_test,
)

RIGHT = (0.95, 0.9, 0.7, 0.6, 0.45, 0.4, 0.3)  # of each speaker's utterances


@pytest.fixture(scope="module")
def decided():
    """Labels, decisions and speakers: 7 speakers of 31 utterances each."""
    generator = np.random.default_rng(5)
    labels = generator.integers(0, 3, size=7 * 31)
    speakers = np.repeat([f"s{index}" for index in range(7)], 31)
    right = generator.random(labels.size) < np.repeat(RIGHT, 31)
    return labels, np.where(right, labels, (labels + 1) % 3), speakers


def test_the_interval_over_speakers_agrees_with_scipy(decided):
    labels, decisions, speakers = decided
    groups = [np.flatnonzero(speakers == name) for name in np.unique(speakers)]

    def ua(chosen):
        rows = np.concatenate([groups[index] for index in chosen])
        return balanced_accuracy_score(labels[rows], decisions[rows])

    expected = stats.bootstrap(
        (np.arange(7),),
        ua,
        n_resamples=2000,
        method="percentile",
        vectorized=False,
        rng=np.random.default_rng(11),
    ).confidence_interval
    interval = bootstrap_interval(labels, decisions, speakers, resamples=2000)
    assert interval.value == pytest.approx(balanced_accuracy_score(labels, decisions))
    assert interval.low == pytest.approx(expected.low, abs=0.02)
    assert interval.high == pytest.approx(expected.high, abs=0.02)
    assert (interval.unit, interval.num_units) == ("speaker", 7)


def test_one_speaker_falls_back_to_utterances_and_says_so(decided):
    labels, decisions, speakers = (part[:93] for part in decided)
    expected = stats.bootstrap(
        (labels, decisions),
        balanced_accuracy_score,
        n_resamples=2000,
        method="percentile",
        paired=True,
        vectorized=False,
        rng=np.random.default_rng(13),
    ).confidence_interval
    interval = bootstrap_interval(labels, decisions, ["only"] * 93)
    assert interval.low == pytest.approx(expected.low, abs=0.02)
    assert interval.high == pytest.approx(expected.high, abs=0.02)
    assert (interval.unit, interval.num_units) == ("utterance", 93)


def test_utterances_drawn_alone_give_an_interval_less_than_half_as_wide(decided):
    labels, decisions, speakers = decided
    clustered = bootstrap_interval(labels, decisions, speakers)
    alone = bootstrap_interval(labels, decisions, ["only"] * len(labels))
    assert alone.high - alone.low < 0.5 * (clustered.high - clustered.low)


def test_two_speakers_of_known_recall_bound_the_interval():
    # All right beside all wrong: a draw gives 0, 1/2 or 1.
    interval = bootstrap_interval([0, 1, 0, 1], [0, 1, 1, 0], ["a", "a", "b", "b"])
    assert (interval.low, interval.value, interval.high) == (0.0, 0.5, 1.0)


def test_posteriors_and_their_decisions_give_one_interval(decided):
    labels, decisions, speakers = decided
    posteriors = 0.2 + 0.4 * np.eye(3)[decisions]
    assert bootstrap_interval(labels, posteriors, speakers) == bootstrap_interval(
        labels, decisions, speakers
    )


def test_a_seed_repeats_an_interval_and_another_seed_moves_it(decided):
    first, again, other = (
        bootstrap_interval(*decided, resamples=101, seed=seed) for seed in (3, 3, 4)
    )
    assert first == again != other


def test_a_wider_level_holds_a_narrower_one(decided):
    narrow = bootstrap_interval(*decided, level=0.5)
    wide = bootstrap_interval(*decided, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_class_that_a_draw_misses_counts_in_no_mean():
    # Speaker b alone is ever of class 1; all is right, so every draw is 1.
    interval = bootstrap_interval([0, 0, 1], [0, 0, 1], ["a", "b", "b"])
    assert (interval.low, interval.high) == (1.0, 1.0)


def test_an_even_gain_for_every_speaker_is_certain_though_the_score_is_not():
    # Each speaker: the system is right once more than the baseline, of 2.
    labels = [0, 0] * 3
    system = [0, 0] + [0, 1] * 2
    baseline = [0, 1] + [1, 1] * 2
    speakers = ["a", "a", "b", "b", "c", "c"]
    gain = bootstrap_difference(labels, system, baseline, speakers)
    assert (gain.low, gain.value, gain.high) == (0.5, 0.5, 0.5)
    score = bootstrap_interval(labels, system, speakers)
    assert score.low < score.high


def test_a_difference_is_the_systems_score_less_the_baselines(decided):
    labels, decisions, speakers = decided
    baseline = np.roll(decisions, 1)
    gain = bootstrap_difference(labels, decisions, baseline, speakers)
    assert gain.value == pytest.approx(
        balanced_accuracy_score(labels, decisions)
        - balanced_accuracy_score(labels, baseline)
    )


@pytest.mark.parametrize(
    "counts", [(1913, 2943, 1704, 2943), (11, 20, 13, 20), (5, 5, 0, 7)]
)
def test_the_z_test_agrees_with_statsmodels(counts):
    right, total, base_right, base_total = counts
    _, expected = proportions_ztest(
        [right, base_right], [total, base_total], alternative="larger"
    )
    assert z_test(*counts) == pytest.approx(expected)


def test_the_z_test_of_two_faultless_systems_shows_nothing():
    assert z_test(5, 5, 7, 7) == 0.5


@pytest.mark.parametrize("counts", [(3, 2, 1, 2), (0, 0, 1, 2), (1, 2, -1, 2)])
def test_the_z_test_refuses_impossible_counts(counts):
    with pytest.raises(ValueError, match="between 0 and a total"):
        z_test(*counts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level": 1.0}, "level=1.0"),
        ({"resamples": 0}, "resamples=0"),
        ({"speakers": ["a"]}, "Received: 1 for 2 utterances"),
        ({"predictions": [0]}, "equally many"),
        ({"labels": [], "predictions": []}, "at least one"),
    ],
)
def test_an_interval_needs_a_level_draws_and_a_speaker_for_each(changes, message):
    given = {"labels": [0, 1], "predictions": [0, 1], "speakers": ["a", "b"]}
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(**{**given, **changes})

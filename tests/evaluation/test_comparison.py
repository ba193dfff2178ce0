"""A system beside its baseline: each figure against its own source."""

import json

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from statsmodels.stats.proportion import proportions_ztest

from satn_keras.evaluation.comparison import compare_systems
from satn_keras.evaluation.mcnemar import mcnemar
from satn_keras.evaluation.statistics import bootstrap_difference


@pytest.fixture(scope="module")
def decided():
    """Labels, decisions of system and baseline, speakers: 7 of 31 utterances."""
    generator = np.random.default_rng(5)
    labels = generator.integers(0, 3, size=7 * 31)
    speakers = np.repeat([f"s{index}" for index in range(7)], 31)
    ease = np.repeat(np.linspace(0.3, 0.8, 7), 31)  # some are hard for both
    system, baseline = (
        np.where(generator.random(labels.size) < ease + gain, labels, (labels + 1) % 3)
        for gain in (0.06, 0.0)
    )
    return labels, system, baseline, speakers


def test_differences_are_those_of_scikit_learn(decided):
    labels, system, baseline, _ = decided
    result = compare_systems(*decided, resamples=101)
    assert result.ua.value == pytest.approx(
        balanced_accuracy_score(labels, system)
        - balanced_accuracy_score(labels, baseline)
    )
    assert result.wa.value == pytest.approx(
        accuracy_score(labels, system) - accuracy_score(labels, baseline)
    )
    assert result.num_utterances == 217


def test_the_interval_is_that_of_the_bootstrap_difference(decided):
    result = compare_systems(*decided, resamples=999, seed=4, level=0.9)
    expected = bootstrap_difference(*decided, resamples=999, seed=4, level=0.9)
    assert result.ua == expected
    assert (result.wa.unit, result.wa.level) == ("speaker", 0.9)


def test_the_interval_of_wa_agrees_with_scipy_s_bootstrap_of_speakers(decided):
    labels, system, baseline, speakers = decided
    gains = (system == labels).astype(float) - (baseline == labels)
    by_speaker = gains.reshape(7, 31).mean(axis=1)  # equally many each
    expected = stats.bootstrap(
        (by_speaker,),
        np.mean,
        n_resamples=10_000,
        method="percentile",
        rng=np.random.default_rng(2),
    )
    result = compare_systems(*decided)
    assert result.wa.low == pytest.approx(expected.confidence_interval.low, abs=0.01)
    assert result.wa.high == pytest.approx(expected.confidence_interval.high, abs=0.01)
    below = (expected.bootstrap_distribution <= 0).mean()
    assert result.wa_p_value == pytest.approx(2 * min(below, 1 - below), abs=0.02)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_the_p_value_is_small_just_where_the_interval_leaves_zero_out(decided, level):
    result = compare_systems(*decided, level=level, resamples=2000)
    outside = not result.ua.low <= 0 <= result.ua.high
    assert outside == (result.ua_p_value < 1 - level)


def test_pairs_and_z_test_stand_beside_it(decided):
    labels, system, baseline, _ = decided
    result = compare_systems(*decided, resamples=101)
    assert result.mcnemar == mcnemar(labels, system, baseline)
    right = [(system == labels).sum(), (baseline == labels).sum()]
    _, expected = proportions_ztest(right, [217, 217], alternative="larger")
    assert result.z_p_value == pytest.approx(expected)


def test_a_gain_that_one_speaker_made_impresses_only_tests_of_utterances():
    # Right is one speaker's every utterance, of four speakers; the rest is even.
    labels = np.zeros(400, int)
    speakers = np.repeat(["a", "b", "c", "d"], 100)
    baseline = np.tile([0, 1], 200)
    system = np.where(speakers == "a", 0, baseline)
    result = compare_systems(labels, system, baseline, speakers)
    assert result.mcnemar.p_value < 1e-6
    assert result.z_p_value < 1e-3
    assert result.ua_p_value > 0.3
    assert result.ua_permutation_p_value == 1.0  # swapping "a" alone turns the sign


def test_the_better_of_two_is_told_by_the_sign(decided):
    labels, system, baseline, speakers = decided
    there = compare_systems(labels, system, baseline, speakers, resamples=500)
    back = compare_systems(labels, baseline, system, speakers, resamples=500)
    assert there.ua.value == pytest.approx(-back.ua.value)
    assert there.ua.low == pytest.approx(-back.ua.high)
    assert there.ua_p_value == back.ua_p_value
    assert there.z_p_value == pytest.approx(1 - back.z_p_value)


def test_posteriors_compare_as_their_decisions_do(decided):
    labels, system, baseline, speakers = decided
    posteriors = 0.2 + 0.4 * np.eye(3)[system]
    first = compare_systems(labels, posteriors, np.eye(3)[baseline], speakers)
    assert first == compare_systems(*decided)


def test_a_comparison_survives_json(decided):
    result = compare_systems(*decided, resamples=101)
    values = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert values["ua"]["value"] == result.ua.value
    assert values["mcnemar"]["both_right"] == result.mcnemar.both_right


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"baseline": [0]}, "equally many"),
        ({"speakers": ["a"]}, "Received: 1 for 2 utterances"),
        ({"level": 0.0}, "level=0.0"),
        ({"resamples": 0}, "resamples=0"),
    ],
)
def test_what_cannot_be_compared_is_refused(changes, message):
    given = {
        "labels": [0, 1],
        "predictions": [0, 1],
        "baseline": [1, 1],
        "speakers": ["a", "b"],
    }
    with pytest.raises(ValueError, match=message):
        compare_systems(**{**given, **changes})

"""Swapping of two systems' decisions against scipy and paper and pencil."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from satn_keras.evaluation.permutation import permutation_p_value


def made(num_speakers, per_speaker=29, gain=0.1, seed=3):
    """Labels, decisions of two systems and speakers."""
    generator = np.random.default_rng(seed)
    size = num_speakers * per_speaker
    labels = generator.integers(0, 3, size)
    system, baseline = (
        np.where(generator.random(size) < share, labels, (labels + 1) % 3)
        for share in (0.6 + gain, 0.6)
    )
    return labels, system, baseline, np.repeat(np.arange(num_speakers), per_speaker)


def ua_with_swaps(labels, system, baseline, speakers):
    """Difference of UA after each way of swapping, by scikit-learn."""
    names = np.unique(speakers)
    for pattern in range(2 ** len(names)):
        swap = np.isin(speakers, [n for i, n in enumerate(names) if pattern >> i & 1])
        first = np.where(swap, baseline, system)
        second = np.where(swap, system, baseline)
        yield balanced_accuracy_score(labels, first) - balanced_accuracy_score(
            labels, second
        )


def test_few_speakers_are_swapped_in_every_way():
    given = made(5)
    differences = np.abs(list(ua_with_swaps(*given)))
    expected = (differences >= differences[0] - 1e-9).mean()
    assert 0 < expected < 1
    assert permutation_p_value(*given) == pytest.approx(expected)


def test_wa_agrees_with_scipy_s_exact_test_of_speakers_gains():
    labels, system, baseline, speakers = made(9)
    gains = (system == labels).astype(int) - (baseline == labels)
    by_speaker = np.bincount(speakers, gains)
    expected = stats.permutation_test(
        (by_speaker,), np.sum, permutation_type="samples", n_resamples=np.inf
    )
    got = permutation_p_value(labels, system, baseline, speakers, metric="wa")
    assert got == pytest.approx(expected.pvalue)


def test_many_speakers_are_swapped_at_random_to_the_same_answer():
    labels, system, baseline, speakers = made(31, gain=0.05)
    gains = (system == labels).astype(int) - (baseline == labels)
    by_speaker = np.bincount(speakers, gains)
    expected = stats.permutation_test(
        (by_speaker,),
        np.sum,
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(1),
    )
    got = permutation_p_value(labels, system, baseline, speakers, metric="wa")
    assert got == pytest.approx(expected.pvalue, abs=0.02)


def test_a_single_speaker_s_utterances_are_swapped():
    # One class: 12 gained, 3 lost, so twice the binomial tail of 3 of 15 halves.
    labels = np.zeros(25, int)
    system = np.repeat([0, 1, 0], [12, 3, 10])
    baseline = np.repeat([1, 0, 0], [12, 3, 10])
    expected = stats.binomtest(3, 15, 0.5).pvalue
    got = permutation_p_value(labels, system, baseline, ["only"] * 25, resamples=50_000)
    assert got == pytest.approx(expected, abs=0.005)


def test_no_difference_has_the_p_value_one():
    assert permutation_p_value([0, 1], [0, 1], [0, 1], ["a", "b"]) == 1.0


def test_n_speakers_cannot_give_less_than_two_in_two_to_the_n():
    labels, speakers = np.zeros(35, int), np.repeat(np.arange(7), 5)
    got = permutation_p_value(labels, labels, labels + 1, speakers)
    assert got == 2 / 2**7


def test_draws_are_asked_for_where_they_are_needed():
    with pytest.raises(ValueError, match="resamples=0"):
        permutation_p_value(*made(31), resamples=0)

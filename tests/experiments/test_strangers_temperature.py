"""Temperatures of judges whose sureness is known."""

import numpy as np
import pytest

from satn_keras.experiments.strangers_temperature import strangers_temperature


def judge_of(scores, heard=None):
    """A judge that says the same whoever fitted it, and remembers who did."""

    def fit(rows):
        if heard is not None:
            heard.append(rows.tolist())
        return lambda others: scores[others]

    return fit


def test_a_judge_thrice_as_sure_as_it_is_right_is_softened_to_what_it_knows():
    # 3 of 4 right: log(3) between two classes says so, and the judge says 3 log(3).
    labels = np.array([0, 0, 0, 1] * 4)
    scores = np.tile([3 * np.log(3.0), 0.0], (16, 1))
    found = strangers_temperature(judge_of(scores), labels, np.arange(16) % 3)
    assert found == pytest.approx(3.0, rel=0.015)


def test_a_judge_that_never_errs_is_left_as_it_is():
    scores = 100 * np.eye(2)[[0, 1] * 4]  # likelihoods of one, however soft
    assert strangers_temperature(judge_of(scores), [0, 1] * 4, [0, 0, 1, 1] * 2) == 1.0


def test_nobody_judges_who_fitted():
    heard, speakers = [], np.array([0, 0, 1, 1, 2, 2])
    scores = np.random.default_rng(1).normal(size=(6, 2))
    strangers_temperature(judge_of(scores, heard), [0, 1] * 3, speakers)
    assert heard == [[2, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 3]]


def test_centred_scores_are_free_of_what_sets_a_speaker_apart():
    labels, speakers = np.array([0, 0, 0, 1, 1, 1, 1, 0] * 2), np.repeat([0, 1], 8)
    sure = np.repeat([2.0, -2.0] * 2, 4) * np.log(3.0)  # twice too sure
    shift = np.repeat([5.0, -3.0], 8)  # of class 0, by speaker
    scores = np.stack([sure + shift, np.zeros(16)], axis=1)
    found = strangers_temperature(judge_of(scores), labels, speakers, relevance=0.0)
    plain = strangers_temperature(judge_of(scores), labels, speakers)
    # Around a mean of 1 (the shifts'), so that both classes are not quite as likely.
    assert found < plain
    scores = np.stack([sure, np.zeros(16)], axis=1)
    without = strangers_temperature(judge_of(scores), labels, speakers, relevance=0.0)
    assert without == pytest.approx(2.0, rel=0.015)


def test_a_speaker_s_mean_counts_by_half_at_the_relevance():
    labels, speakers = np.array([0, 0, 0, 1, 1, 1, 1, 0] * 2), np.repeat([0, 1], 8)
    sure = np.repeat([2.0, -2.0] * 2, 4) * np.log(3.0)

    def softened(shift, relevance):
        scores = sure + np.repeat([shift, -shift], 8)
        judge = judge_of(np.stack([scores, np.zeros(16)], axis=1))
        return strangers_temperature(judge, labels, speakers, relevance)

    assert softened(3.0, relevance=8.0) == softened(1.5, relevance=None)
    assert softened(1.5, relevance=None) > softened(3.0, relevance=0.0)


def test_a_class_that_only_the_one_left_out_has_counts_for_nothing():
    labels = np.array([0, 0, 0, 1] * 4 + [2])
    scores = np.tile([3 * np.log(3.0), 0.0, -99.0], (17, 1))
    found = strangers_temperature(judge_of(scores), labels, np.arange(17) % 3)
    assert found == pytest.approx(3.0, rel=0.015)


def test_many_speakers_are_left_out_ten_parts_at_a_time():
    heard, speakers = [], np.arange(25)
    scores = np.random.default_rng(1).normal(size=(25, 2))
    strangers_temperature(judge_of(scores, heard), speakers % 2, speakers)
    left_out = [sorted(set(range(25)) - set(rows)) for rows in heard]
    assert [len(rows) for rows in left_out] == [3] * 5 + [2] * 5
    assert sorted(sum(left_out, [])) == list(range(25))


def test_a_single_speaker_leaves_it_as_it_is():
    assert strangers_temperature(judge_of(np.eye(2)), [0, 1], [7, 7]) == 1.0

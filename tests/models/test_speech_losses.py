"""The losses of the recogniser are those of their equations."""

import keras
import numpy as np
import pytest

from satn_keras.models import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
)
from satn_keras.models.blank_padding import BlankPadding
from tests.models.small_models import ctc_costs, log_softmax
from tests.support.layer_contracts import numbers


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_the_mean_over_utterances_of_their_true_tokens(smoothing):
    truth, logits = np.array([[3, 5, 2], [4, 0, 0]]), 3 * numbers(2, 3, 7)
    log_probabilities = log_softmax(logits)
    costs = []
    for row, length in enumerate([3, 1]):
        steps = []
        for step in range(length):
            shares = np.full(7, smoothing / 7)
            shares[truth[row, step]] += 1 - smoothing
            steps.append(-(shares * log_probabilities[row, step]).sum())
        costs.append(np.mean(steps))
    loss = TokenCrossentropy(label_smoothing=smoothing)(truth, logits)
    np.testing.assert_allclose(loss, np.mean(costs), rtol=1e-5)


def test_cross_entropy_of_an_utterance_without_tokens_is_zero():
    assert float(TokenCrossentropy()(np.zeros((1, 2), int), numbers(1, 2, 7))) == 0.0


@pytest.mark.parametrize("target", [(1, 2), (1, 1), (2,), (1, 2, 1), ()])
def test_ctc_is_the_sum_over_all_alignments_divided_by_the_tokens(target):
    logits = 2 * numbers(1, 5, 3)
    truth = np.array([[*target, *[0] * (4 - len(target))]])
    expected = ctc_costs(logits[0])[target] / max(len(target), 1)
    np.testing.assert_allclose(TokenCTC()(truth, logits), expected, rtol=1e-4)


def test_ctc_over_padded_frames_is_ctc_over_the_true_ones():
    logits, lengths = 2 * numbers(2, 7, 3), (4, 7)
    mask = np.arange(7) < np.array(lengths)[:, np.newaxis]
    truth = np.array([[1, 2, 0], [2, 2, 1]])
    loss = TokenCTC(reduction=None)(truth, BlankPadding()(logits, mask=mask))
    expected = [
        ctc_costs(logits[0, :4])[1, 2] / 2,
        ctc_costs(logits[1])[2, 2, 1] / 3,
    ]
    np.testing.assert_allclose(loss, expected, rtol=1e-4)


def test_ctc_of_more_tokens_than_frames_is_large_but_finite():
    import tensorflow as tf

    logits = tf.constant(numbers(1, 2, 3))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = TokenCTC()(np.array([[1, 1, 1, 2]]), logits)
    assert 50 < float(loss) < 1e4
    assert np.isfinite(tape.gradient(loss, logits)).all()


def test_guided_attention_is_free_on_the_diagonal():
    diagonal = np.eye(4, dtype="float32")[np.newaxis]
    truth = np.array([[4.0, 1.0]], "float32")
    assert float(GuidedAttention()(truth, diagonal)) == 0.0


def test_guided_attention_costs_one_half_of_the_utterance_away_by_hand():
    # One step of two looks at frame 4 of 8, which is half the utterance away:
    # 1 - exp(-0.5^2 / (2 * 0.2^2)) = 1 - exp(-3.125) = 0.956063; the other is free.
    alignment = np.zeros((1, 2, 8), "float32")
    alignment[0, 0, 4] = alignment[0, 1, 4] = 1.0
    loss = GuidedAttention(width=0.2)(np.array([[2.0, 1.0]], "float32"), alignment)
    np.testing.assert_allclose(loss, 0.956063 / 2, rtol=1e-5)


def test_guided_attention_knows_true_steps_and_frames():
    alignment = np.random.default_rng(1).random((2, 5, 9)).astype("float32")
    steps, frames, width = (3, 5), (6, 9), 0.3
    costs = []
    for row in range(2):
        total = 0.0
        for n in range(steps[row]):
            for t in range(9):
                distance = n / steps[row] - t / frames[row]
                weight = 1 - np.exp(-(distance**2) / (2 * width**2))
                total += alignment[row, n, t] * weight
        costs.append(total / steps[row])
    truth = np.array([[3, 6 / 9], [5, 1.0]], "float32")
    loss = GuidedAttention(width, reduction=None)(truth, alignment)
    np.testing.assert_allclose(loss, costs, rtol=1e-5)


def test_accuracy_is_the_share_of_true_tokens():
    truth = np.array([[3, 2, 0], [4, 3, 2]])
    guesses = np.array([[3, 4, 0], [4, 3, 1]])  # the hit at the padding is no hit
    metric = TokenAccuracy()
    metric.update_state(truth, keras.ops.one_hot(guesses, 5))
    np.testing.assert_allclose(metric.result(), 3 / 5)
    metric.update_state(truth[:1, :1], keras.ops.one_hot(guesses[:1, :1], 5))
    np.testing.assert_allclose(metric.result(), 4 / 6)


@pytest.mark.parametrize(
    "loss",
    [
        TokenCrossentropy(label_smoothing=0.2),
        TokenCTC(),
        GuidedAttention(width=0.3),
    ],
)
def test_a_loss_comes_back_from_its_config(loss):
    copy = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(copy) is type(loss)
    assert copy.get_config() == loss.get_config()

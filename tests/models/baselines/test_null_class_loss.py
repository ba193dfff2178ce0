"""The loss with the class Null is the sum over all allowed paths, one by one."""

import itertools
import re

import keras
import numpy as np
import pytest

from satn_keras.models import NullClassLoss
from tests.models.small_models import log_softmax
from tests.support.layer_contracts import numbers

OUTPUTS = 3  # Null and two emotions
# Each an utterance: 1 or 2 where voiced, 0 where not.
UTTERANCES = (
    "222222",
    "1111",
    "111",  # room for one frame of emotion
    "0111101110",  # two segments
    "1111011111",  # that touch the utterance's ends
    "1110101110",  # a segment of one frame between two
    "0220222200",  # a segment of two frames
    "010",  # nothing but a segment of one frame
    "11",
    "2",
    "00000",  # nothing voiced
)


def paths_of(voiced):
    """Every allowed path, by trying all there are."""
    emotion = max(voiced)
    segments = [match.span() for match in re.finditer(r"[^0]+", voiced)]
    for path in itertools.product(range(OUTPUTS), repeat=len(voiced)):
        text = "".join(map(str, path))
        outside = list(text)
        allowed = True
        for start, end in segments:
            outside[start:end] = "0" * (end - start)
            form = "0+" if end - start < 3 else f"0+{emotion}+0+"
            allowed = allowed and re.fullmatch(form, text[start:end])
        if allowed and set(outside) <= {"0"}:
            yield path


def loss_and_gradient(voiced, logits):
    """By adding up the paths: loss, and its gradient by the log posterior."""
    log_posterior = log_softmax(logits)
    frames = range(len(voiced))
    total, shares = 0.0, np.zeros_like(log_posterior)
    for path in paths_of(voiced):
        probability = np.exp(log_posterior[frames, path].sum())
        total += probability
        shares[frames, path] += probability
    return -np.log(total), -shares / total


def batch_of(utterances):
    """Targets (batch, frames), padded."""
    width = max(map(len, utterances)) + 2
    return np.array(
        [list(map(int, one)) + [-1] * (width - len(one)) for one in utterances]
    )


def gradient_in_a_graph(y_true, y_pred):
    """Losses and gradients where batch and frames are unknown to the graph."""
    import tensorflow as tf

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, None), tf.int32),
            tf.TensorSpec((None, None, OUTPUTS), tf.float32),
        ]
    )
    def run(y_true, y_pred):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            losses = NullClassLoss(reduction=None)(y_true, y_pred)
            total = tf.reduce_sum(losses)
        return losses, tape.gradient(total, y_pred)

    return [y.numpy() for y in run(y_true.astype("int32"), y_pred.astype("float32"))]


@pytest.mark.parametrize("scale", [0.0, 2.0, 20.0])
def test_loss_and_gradient_are_those_of_the_sum_over_all_paths(scale):
    y_true = batch_of(UTTERANCES)
    logits = scale * (numbers(*y_true.shape, OUTPUTS) - 0.5)
    losses, gradients = gradient_in_a_graph(y_true, log_softmax(logits))
    for row, voiced in enumerate(UTTERANCES):
        frames = len(voiced)
        loss, gradient = loss_and_gradient(voiced, logits[row, :frames])
        np.testing.assert_allclose(losses[row], loss, rtol=1e-5)
        np.testing.assert_allclose(gradients[row, :frames], gradient, atol=1e-5)
        np.testing.assert_array_equal(gradients[row, frames:], 0)


def test_a_graph_made_once_serves_utterances_of_other_lengths():
    for utterances in (("111",), ("0111101110", "22222", "1")):
        y_true = batch_of(utterances)
        logits = 2 * numbers(*y_true.shape, OUTPUTS)
        losses, _ = gradient_in_a_graph(y_true, log_softmax(logits))
        expected = [
            loss_and_gradient(one, logits[row, : len(one)])[0]
            for row, one in enumerate(utterances)
        ]
        np.testing.assert_allclose(losses, expected, rtol=1e-5)


@pytest.mark.parametrize("frames", [3, 4, 5, 9, 64, 300])
def test_a_segment_of_l_frames_has_l_minus_1_times_l_minus_2_halves_paths(frames):
    y_true = np.ones((1, frames), int)
    y_pred = np.full((1, frames, OUTPUTS), -np.log(OUTPUTS))
    loss = float(NullClassLoss()(y_true, y_pred))
    paths = (frames - 1) * (frames - 2) / 2
    np.testing.assert_allclose(
        loss, frames * np.log(OUTPUTS) - np.log(paths), rtol=1e-5
    )


def test_what_stands_at_padded_frames_changes_nothing():
    y_true = batch_of(["01110"])
    y_pred = log_softmax(numbers(*y_true.shape, OUTPUTS))
    other = y_pred.copy()
    other[:, 5:] = -1e6
    np.testing.assert_array_equal(
        NullClassLoss()(y_true, other), NullClassLoss()(y_true, y_pred)
    )


def test_a_long_utterance_has_a_finite_loss_and_gradient():
    y_true = np.ones((1, 2000), int)
    y_true[:, ::97] = 0
    confident = 30 * numbers(1, 2000, OUTPUTS)
    losses, gradients = gradient_in_a_graph(y_true, log_softmax(confident))
    assert np.isfinite(losses).all()
    # Each frame has one label on each path.
    np.testing.assert_allclose(gradients.sum(axis=-1), -1, atol=1e-3)


def test_utterances_count_as_their_weights_say():
    y_true = batch_of(["1111", "0222"])
    y_pred = log_softmax(numbers(*y_true.shape, OUTPUTS))
    each = np.asarray(NullClassLoss(reduction=None)(y_true, y_pred))
    weighted = NullClassLoss()(y_true, y_pred, sample_weight=np.array([3.0, 0.5]))
    np.testing.assert_allclose(weighted, (3 * each[0] + 0.5 * each[1]) / 2, rtol=1e-6)


def test_the_loss_survives_its_configuration():
    copy = keras.losses.deserialize(keras.losses.serialize(NullClassLoss()))
    assert isinstance(copy, NullClassLoss)

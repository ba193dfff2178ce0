"""Sharpness of maps, against scipy and by hand."""

import keras
import numpy as np
import pytest
from scipy.stats import entropy

from satn_keras.layers import AttentionMapTransfer
from satn_keras.transfer import AttentionTransfer
from satn_keras.transfer.entropy import map_entropy
from tests.transfer.small_models import (
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)
from tests.transfer.test_trainer import numpy_encoder

RNG = np.random.default_rng(1)


def found(*args, **kwargs):
    return keras.ops.convert_to_numpy(map_entropy(*args, **kwargs))


def test_an_even_map_counts_one_and_a_single_frame_in_it_zero():
    even, sharp = np.ones((1, 7, 3), "float32"), np.zeros((1, 7, 3), "float32")
    sharp[0, 2] = 5.0
    layer = AttentionMapTransfer()
    np.testing.assert_allclose(found(even, None, layer), [1.0], rtol=1e-6)
    np.testing.assert_allclose(found(sharp, None, layer), [0.0], atol=1e-6)


@pytest.mark.parametrize("normalization", ["l1", "l2"])
def test_of_activations_it_is_scipys_over_true_frames(normalization):
    values = RNG.normal(size=(2, 11, 5)).astype("float32")
    mask = np.arange(11) < np.array([[11], [7]])
    layer = AttentionMapTransfer(power=2.0, normalization=normalization)
    expected = [
        entropy((values[row, :true] ** 2).sum(-1)) / np.log(true)
        for row, true in enumerate((11, 7))
    ]
    np.testing.assert_allclose(found(values, mask, layer), expected, rtol=1e-5)


def test_of_attention_it_is_the_mean_over_true_queries():
    scores = np.exp(RNG.normal(size=(2, 3, 7, 7)))
    mask = np.arange(7) < np.array([[7], [5]])
    pairs = mask[:, None, :, None] & mask[:, None, None, :]
    maps = np.where(pairs, scores, 0.0)
    maps /= np.maximum(maps.sum(-1, keepdims=True), 1e-9)
    expected = [
        np.mean([entropy(row) for row in maps[one, :, :true, :true].mean(0)])
        / np.log(true)
        for one, true in enumerate((7, 5))
    ]
    layer = AttentionMapTransfer("attention")
    measured = found(maps.astype("float32"), mask, layer)
    np.testing.assert_allclose(measured, expected, rtol=1e-5)


def test_one_true_frame_is_as_even_as_it_can_be():
    values, mask = np.ones((1, 3, 2), "float32"), np.array([[True, False, False]])
    assert found(values, mask, AttentionMapTransfer()).tolist() == [1.0]


@pytest.mark.parametrize("control", ["none", "uniform"])
def test_a_step_reports_both_sides_of_what_it_compares(control):
    student = small_encoder("student", seed=2)
    teacher = small_recognizer(seed=3)
    trainer = AttentionTransfer(student, teacher, control=control)
    trainer.compile("sgd", cross_entropy())
    x, y = batch(7)
    logs = trainer.evaluate(x, y, batch_size=4, verbose=0, return_dict=True)
    expected = []
    for model in (student, small_encoder("teacher", seed=3)):
        maps, _ = numpy_encoder(model, x)
        expected.append(np.mean([_on_paper(maps, x["mask"], n) for n in NAMES]))
    if control == "uniform":
        expected[1] = 1.0
    measured = [logs["student_entropy"], logs["teacher_entropy"]]
    np.testing.assert_allclose(measured, expected, rtol=1e-4)


NAMES = ("level_1", "level_2", "self_attention")


def _on_paper(maps, mask, name):
    rows = [
        entropy((m[true] ** 2).sum(-1)) / np.log(true.sum())
        for m, true in zip(maps[name], mask, strict=True)
    ]
    return np.mean(rows)

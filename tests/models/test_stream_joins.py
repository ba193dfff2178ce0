"""Streams of features meet early, behind gates, or late."""

import keras
import numpy as np
import pytest

from satn_keras.models import GatedStreams, StreamBands, build_student
from satn_keras.transfer import AttentionTransfer, default_pairs
from tests.models.small_models import (
    BANDS,
    CLASSES,
    SIZES,
    STREAMS,
    small_student,
    small_teacher,
)
from tests.support.layer_contracts import numbers

FRAMES = 11


def batch(rows=2):
    mask = np.ones((rows, FRAMES), bool)
    mask[1:, 7:] = False
    return {"features": numbers(rows, FRAMES, BANDS, 3), "mask": mask}


def outputs_of(student, name, x):
    view = keras.Model(student.input, student.get_layer(name).output)
    return np.asarray(keras.tree.flatten(view(x))[0])


def with_other_stream(x, bands):
    changed = x["features"].copy()
    changed[:, :, bands] += 1.0
    return {**x, "features": changed}


def test_the_gated_sum_is_that_of_the_equation():
    layer, x = GatedStreams(STREAMS, units=7), numbers(2, FRAMES, BANDS, 3)
    found = keras.ops.convert_to_numpy(layer(x))
    one, one_bias, two, two_bias, gates, gates_bias = (
        w.astype("float64") for w in layer.get_weights()
    )
    flat = x.reshape(2, FRAMES, -1)
    g = 1 / (1 + np.exp(-(flat @ gates + gates_bias)))
    expected = g[..., :1] * (flat[..., :6] @ one + one_bias)
    expected = expected + g[..., 1:] * (flat[..., 6:] @ two + two_bias)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_stream_is_cut_out_by_its_bands():
    x = numbers(2, FRAMES, BANDS, 3)
    np.testing.assert_array_equal(StreamBands(2, 5)(x), x[:, :, 2:5])


def test_late_streams_do_not_hear_each_other_before_the_posterior():
    student, x = small_student(stream_join="late"), batch()
    for name, own, other in (
        ("self_attention", slice(0, 2), slice(2, 5)),
        ("stream_2_self_attention", slice(2, 5), slice(0, 2)),
    ):
        before = outputs_of(student, name, x)
        same = outputs_of(student, name, with_other_stream(x, other))
        np.testing.assert_array_equal(same, before)
        moved = outputs_of(student, name, with_other_stream(x, own))
        assert np.abs(moved - before).max() > 1e-3
    assert outputs_of(student, "joined", x).shape == (2, 2 * 13)


def test_what_is_joined_late_is_what_each_stream_pooled():
    student, x = small_student(stream_join="late", pooling="mean_deviation"), batch()
    parts = [outputs_of(student, f"{p}pooling", x) for p in ("", "stream_2_")]
    joined = outputs_of(student, "joined", x)
    np.testing.assert_array_equal(joined, np.concatenate(parts, axis=-1))


@pytest.mark.parametrize("encoder", ["tcn", "blstm"])
@pytest.mark.parametrize("attention", ["self", "soft"])
@pytest.mark.parametrize("join", ["gated", "late"])
def test_every_student_can_join_its_streams(join, attention, encoder):
    student = small_student(
        stream_join=join, attention=attention, encoder=encoder, lstm_units=3
    )
    posterior = keras.ops.convert_to_numpy(student(batch()))
    assert posterior.shape == (2, CLASSES)
    np.testing.assert_allclose(posterior.sum(-1), 1.0, rtol=1e-5)


def test_the_branches_drop_other_values_out():
    student = small_student(stream_join="late", dropout=0.5)
    generators = [
        tuple(np.asarray(v)) for v in student.variables if "seed_generator" in v.path
    ]
    assert len(set(generators)) == len(generators) == 8  # 2 streams, levels, halves


@pytest.mark.parametrize("join", ["gated", "late"])
@pytest.mark.parametrize("map", ["activation", "attention"])
def test_a_teacher_of_all_bands_teaches_the_first_stream(join, map):
    student, teacher = small_student(stream_join=join), small_teacher()
    names = {name for name, _ in default_pairs(student, teacher, map)}
    assert not any("stream" in name for name in names)
    trainer = AttentionTransfer(student, teacher, map=map)
    trainer.compile("sgd", keras.losses.SparseCategoricalCrossentropy())
    before = student.get_layer("self_attention").get_weights()[0]
    loss = trainer.train_on_batch(batch(), np.array([0, 2]), return_dict=True)
    assert 0 < loss["transfer_loss"] < 2 * len(names)
    assert (student.get_layer("self_attention").get_weights()[0] != before).any()


@pytest.mark.parametrize("bands", [None, (2, 2)])
def test_streams_whose_bands_are_not_known_cannot_be_told_apart(bands):
    from satn_keras.config import StudentConfig

    config = StudentConfig(**SIZES, stream_join="late")
    with pytest.raises(ValueError, match="`stream_bands` must be the bands of each"):
        build_student(CLASSES, config, bands=BANDS, stream_bands=bands)


@pytest.mark.parametrize("bands", [(5,), (3, 0)])
def test_one_stream_has_no_gate(bands):
    with pytest.raises(ValueError, match="two or more streams, each at least 1"):
        GatedStreams(bands, units=3)


def test_no_band_is_no_stream():
    with pytest.raises(ValueError, match="`start` must be at least 0 and below"):
        StreamBands(3, 3)

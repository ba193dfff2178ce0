"""A causal student's stream against the same student on the whole waveform."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.export.streaming.streaming_student import StreamingStudent
from tests.support.streams import (
    SIZES,
    causal_student,
    frame_stream,
    heard,
    offline,
    posterior,
    speech,
)

RECIPES = {  # what is streamed: of the features, of the student
    "reach": ({}, {"attention_reach": 23}),
    "all past": ({}, {"pooling": "mean_deviation"}),
    "one derivative": ({"derivatives": 1, "delta_reach": 3}, {"attention_reach": 5}),
    "static": ({"derivatives": 0, "window": "hamming"}, {"attention_reach": 1}),
    "wide window": ({"window_seconds": 0.032, "hop_seconds": 0.007}, {}),
    "window within a hop": ({"window_seconds": 0.008, "preemphasis": 0.0}, {}),
    "one tap": ({}, {"kernel_size": 1, "attention_reach": 7}),
    "heads": ({}, {"attention_heads": 3, "level_normalization": "layer"}),
    "plain levels": (
        {"limit": 2.0},
        {
            "convolutions": 1,
            "level_activation": "linear",
            "weight_normalization": False,
            "batch_normalization": True,
            "pooling": "mean_deviation",
            "attention_reach": 31,
        },
    ),
}
PRIMES = (1, 2, 3, 5, 397, 401, 1597, 1601, 3203)


def pieces(length, seed):
    """Random sizes, one sample and primes among them, that add up to the length."""
    rng = np.random.default_rng(seed)
    sizes = []
    while sum(sizes) < length:
        sizes.append(int(rng.choice([0, *PRIMES, int(rng.integers(1, 5000))])))
    return [*sizes[:-1], sizes[-1] - (sum(sizes) - length)]


@pytest.mark.parametrize("name", RECIPES)
def test_a_stream_ends_with_the_posterior_of_the_whole_waveform(name):
    features, options = RECIPES[name]
    model, front_end = causal_student(features, **options)
    waveform = speech()
    expected = offline(model, front_end, waveform)
    stream = frame_stream(model, front_end)
    for sizes in (pieces(len(waveform), 1), pieces(len(waveform), 2), [10**6]):
        answers = heard(stream, waveform, sizes)
        np.testing.assert_allclose(posterior(answers[-1]), expected, rtol=0, atol=1e-4)
        course = np.concatenate([x.course for x in answers if x is not None])
        assert len(course) == front_end.frame_count(len(waveform))
        assert np.ptp(course, axis=0).max() > 0.01  # it moves with what it hears
        stream.reset()


@pytest.mark.parametrize("name", ["reach", "all past", "plain levels"])
def test_each_push_gives_the_posterior_of_the_frames_so_far(name):
    features, options = RECIPES[name]
    model, front_end = causal_student(features, **options)
    waveform, frames, samples = speech(), 0, 0
    stream = frame_stream(model, front_end)
    # 25 ms of window and, of two derivatives, twice two frames of 10 ms ahead.
    ahead = 400 + 160 * 2 * front_end.config.derivatives
    sizes = pieces(len(waveform), 3)
    for size, answer in zip(sizes, heard(stream, waveform, sizes)[:-1], strict=True):
        samples += size
        known = max((samples - ahead) // 160 + 1, 0)
        assert (answer is None) == (known == 0)
        if known == 0:
            continue
        frames += len(answer.course)
        assert frames == known
        expected = offline(model, front_end, waveform, frames)
        np.testing.assert_allclose(posterior(answer), expected, rtol=0, atol=1e-4)
    assert frames > 100


def test_the_course_is_the_posterior_after_each_frame():
    model, front_end = causal_student({}, attention_reach=9, pooling="mean_deviation")
    waveform = speech(0.6)
    answers = heard(frame_stream(model, front_end), waveform, [len(waveform)])
    course = np.concatenate([answer.course for answer in answers])
    times = np.concatenate([answer.times for answer in answers])
    np.testing.assert_allclose(times, 0.01 * np.arange(len(course)), atol=1e-9)
    for frame in (0, 1, 9, 10, 11, len(course) - 1):
        expected = offline(model, front_end, waveform, frame + 1)
        np.testing.assert_allclose(course[frame], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("samples", [0, 1, 399, 400, 401, 560, 561, 1600])
def test_a_stream_as_short_as_a_window_ends_as_the_utterance_does(samples):
    model, front_end = causal_student({}, pooling="mean_deviation")
    stream = frame_stream(model, front_end)
    waveform = speech()[5000 : 5000 + samples]
    expected = offline(model, front_end, waveform)
    last = heard(stream, waveform, [samples])[-1]
    np.testing.assert_allclose(posterior(last), expected, rtol=0, atol=1e-4)


def test_prosody_is_streamed_as_exactly_as_log_mels():
    features = {"streams": ["log_mel", "prosody"], "derivatives": 1, "unvoiced": "mean"}
    model, front_end = causal_student(
        {**features, "limit": 5.0}, attention_reach=23, pooling="mean_deviation"
    )
    waveform = speech()
    stream = frame_stream(model, front_end)
    for sizes in ([10**6], pieces(len(waveform), 4)):
        answers = heard(stream, waveform, sizes)
        course = np.concatenate([x.course for x in answers if x is not None])
        for frames in (1, 13, 40, 90, len(course)):
            expected = offline(model, front_end, waveform, frames)
            np.testing.assert_allclose(course[frames - 1], expected, rtol=0, atol=1e-4)
        stream.reset()


@pytest.mark.parametrize("frames", [1, 3, 50])
def test_the_length_of_a_step_changes_no_number(frames):
    model, front_end = causal_student({}, attention_reach=11)
    waveform = speech(0.9)
    stream = frame_stream(model, front_end, block_seconds=frames / 100)
    last = heard(stream, waveform, pieces(len(waveform), 5))[-1]
    expected = offline(model, front_end, waveform)
    np.testing.assert_allclose(posterior(last), expected, rtol=0, atol=1e-4)


def test_attention_without_a_reach_is_exact_as_long_as_the_memory_and_then_near():
    whole, front_end = causal_student({}, attention_reach=None)
    near, _ = causal_student({}, attention_reach=40)  # the same weights
    np.testing.assert_array_equal(whole.get_weights()[0], near.get_weights()[0])
    stream = frame_stream(whole, front_end, memory_seconds=0.4)
    short, long = speech()[:5000], speech()
    for waveform, model in ((short, whole), (long, near)):
        last = heard(stream, waveform, [10**6])[-1]
        expected = offline(model, front_end, waveform)
        np.testing.assert_allclose(posterior(last), expected, rtol=0, atol=1e-4)
        stream.reset()
    assert np.abs(offline(whole, front_end, long) - expected).max() > 1e-3


def test_streams_of_a_batch_run_each_at_its_own_pace():
    model, front_end = causal_student({}, attention_reach=13, pooling="mean_deviation")
    student = StreamingStudent(model, front_end)
    waveforms = [speech(1.1), speech()[7000:], np.zeros(0, "float32")]
    step = tf.function(student.step)
    block, state = student.block_samples, student.start(3)
    heard_of = [0, 0, 0]
    for turn in range(40):
        batch, lengths, ended = np.zeros((3, block), "float32"), [], []
        for row, waveform in enumerate(waveforms):
            size = (17 + 400 * row + 311 * turn) % (block + 1)
            piece = waveform[heard_of[row] : heard_of[row] + size]
            batch[row, : len(piece)] = piece
            heard_of[row] += len(piece)
            lengths.append(len(piece))
            ended.append(heard_of[row] == len(waveform))
        answer, state = step(
            state, batch, keras.ops.array(lengths, "int32"), keras.ops.array(ended)
        )
    found = keras.ops.convert_to_numpy(answer["probabilities"])
    frames = keras.ops.convert_to_numpy(state["frames"])
    for row, waveform in enumerate(waveforms):
        assert frames[row] == front_end.frame_count(len(waveform))
        expected = offline(model, front_end, waveform)
        np.testing.assert_allclose(found[row], expected, rtol=0, atol=1e-4)


def test_a_state_is_zeros_of_fixed_shapes_and_its_size_does_not_grow():
    model, front_end = causal_student({}, attention_reach=13)
    student = StreamingStudent(model, front_end)
    state = student.start(2)
    assert all(not keras.ops.convert_to_numpy(x).any() for x in state.values())
    # Two convolutions of three taps a level, dilations 1, 2, 4; keys 13 frames back.
    assert state["level_1_1"].shape == (2, 2, 33)
    assert state["level_3_2"].shape == (2, 8, SIZES["filters"])
    assert state["keys"].shape == (2, 13, SIZES["attention_units"])
    samples = np.zeros((2, student.block_samples), "float32")
    lengths = keras.ops.array([student.block_samples] * 2, "int32")
    _, after = student.step(state, samples, lengths, keras.ops.array([False, False]))
    shapes = {name: (x.shape, x.dtype) for name, x in state.items()}
    assert {name: (x.shape, x.dtype) for name, x in after.items()} == shapes

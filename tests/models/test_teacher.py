"""The teacher has the article's parts, and learns to write what it hears."""

import keras
import numpy as np
import pytest

from satn_keras.config import TeacherConfig
from satn_keras.models import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
    build_teacher,
)
from tests.models.small_models import BANDS, TOKENS, small_teacher


def test_the_default_teacher_has_as_many_parameters_as_on_paper():
    width, taps, inputs, tokens, embedding = 256, 3, 40 * 3, 44, 64
    first = taps * inputs * width + 2 * width
    other = taps * width * width + 2 * width
    levels = first + other + (inputs * width + width) + 4 * (2 * other)
    attention = 3 * width * width
    norms, gate = 5 * 2 * width, 1  # one norm a level
    to_tokens = width * tokens + tokens  # one head for CTC, one for the decoder
    query = width + embedding  # the state and the token before
    alignment = (width * width + width) + query * width + width  # U and b, W, v
    location = 10 * 31 + width * 10  # ten filters of 31 taps, and their U
    read = embedding + width
    lstm = 4 * (width * (read + width) + width)
    hidden = 2 * width * width + width
    decoder = tokens * embedding + alignment + location + lstm + hidden + to_tokens
    total = levels + norms + attention + gate + to_tokens + decoder
    assert total == 2_995_343
    assert build_teacher(tokens).count_params() == total


def test_the_decoder_reads_one_frame_for_three():
    outputs = small_teacher(memory_stride=3)(listening(2, 17, 5))
    assert {name: tuple(y.shape) for name, y in outputs.items()} == {
        "tokens": (2, 5, TOKENS),
        "ctc": (2, 6, TOKENS),
        "alignment": (2, 5, 6),
    }


@pytest.mark.parametrize("residual", [True, False])
def test_the_alignment_is_a_distribution_over_true_frames(residual):
    inputs = listening(2, 17, 5)
    inputs["mask"][1, 7:] = False  # 7 frames are ceil(7 / 3) = 3 of the memory
    teacher = small_teacher(residual_attention=residual)
    alignment = keras.ops.convert_to_numpy(teacher(inputs)["alignment"])
    np.testing.assert_allclose(alignment.sum(axis=-1), 1.0, rtol=1e-5)
    assert (alignment[1, :, 3:] == 0).all()
    assert (alignment[1, :, :3] > 0).all()


def test_padded_frames_say_blank_to_ctc():
    inputs = listening(2, 17, 5)
    inputs["mask"][1, 7:] = False
    ctc = keras.ops.convert_to_numpy(small_teacher()(inputs)["ctc"])
    blank = keras.ops.convert_to_numpy(keras.ops.softmax(ctc))[1, :, 0]
    assert (blank[3:] == 1).all()
    assert (blank[:3] < 1).all()


def test_a_teacher_learns_to_write_what_it_hears():
    # Each token is one band that is loud for six frames.
    rng = np.random.default_rng(5)
    truth = rng.integers(3, 3 + BANDS, (12, 4)).astype("int32")
    features = 0.1 * rng.standard_normal((12, 24, BANDS, 3)).astype("float32")
    for row, tokens in enumerate(truth):
        for place, token in enumerate(tokens):
            features[row, 6 * place : 6 * place + 6, token - 3] += 3.0
    inputs = {
        "features": features,
        "mask": np.ones((12, 24), bool),
        "tokens": np.concatenate([np.ones((12, 1), "int32"), truth], axis=1),
    }
    targets = {
        "tokens": np.concatenate([truth, np.full((12, 1), 2, "int32")], axis=1),
        "ctc": truth,
        "alignment": np.tile(np.array([[5.0, 1.0]], "float32"), (12, 1)),
    }
    keras.utils.set_random_seed(1)
    teacher = small_teacher(
        num_levels=1, filters=16, attention_units=16, decoder_units=16, dropout=0.0
    )
    teacher.compile(
        keras.optimizers.Adam(0.03),
        loss={
            "tokens": TokenCrossentropy(),
            "ctc": TokenCTC(),
            "alignment": GuidedAttention(),
        },
        metrics={"tokens": [TokenAccuracy()]},
    )
    history = teacher.fit(
        inputs, targets, batch_size=12, epochs=40, shuffle=False, verbose=0
    ).history
    for part, share in {"tokens": 0.3, "ctc": 0.5, "alignment": 0.9}.items():
        assert history[f"{part}_loss"][-1] < share * history[f"{part}_loss"][0]
    assert history["tokens_accuracy"][-1] > 0.9


def listening(rows, frames, steps):
    rng = np.random.default_rng(4)
    return {
        "features": rng.standard_normal((rows, frames, BANDS, 3)).astype("float32"),
        "mask": np.ones((rows, frames), bool),
        "tokens": rng.integers(1, TOKENS, (rows, steps)).astype("int32"),
    }


def test_a_teacher_hears_static_values_alone():
    config = TeacherConfig(num_levels=1, filters=3, attention_units=3, decoder_units=5)
    teacher = build_teacher(TOKENS, config, bands=BANDS, channels=1)
    assert teacher.input["features"].shape == (None, None, BANDS, 1)
    inputs = listening(2, 17, 5)
    inputs["features"] = inputs["features"][..., :1]
    assert teacher(inputs)["tokens"].shape == (2, 5, TOKENS)

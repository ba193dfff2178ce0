"""Why a student cannot be streamed, in one line that names the setting."""

import keras
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.export.streaming.rules import why_not_exact
from satn_keras.export.streaming.streaming_student import StreamingStudent
from satn_keras.features import (
    FrontEnd,
    LinearDiscriminant,
    UtteranceStatistics,
)
from satn_keras.models import PosteriorProduct
from tests.support.streams import causal_student

REASONS = {
    "`student.causal_attention` is false": ({}, {"causal_attention": False}),
    "`student.encoder` blstm hears from the end": ({}, {"encoder": "blstm"}),
    "layer attention_pooling hears the whole": ({}, {"attention": "soft"}),
    "layer pooling hears the whole": ({}, {"pooling": "attentive_statistics"}),
    "`features.normalization` utterance needs": ({"normalization": "utterance"}, {}),
    "`features.normalization` speaker needs": ({"normalization": "speaker"}, {}),
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_student_that_hears_the_whole_utterance_is_refused_with_the_reason(reason):
    features, options = REASONS[reason]
    with pytest.raises(ValueError, match=r"cannot be streamed.*satn-streaming") as why:
        StreamingStudent(*causal_student(features, **options))
    assert reason in str(why.value)


def test_a_judge_of_the_whole_utterance_s_statistics_is_refused_by_its_name():
    model, front_end = causal_student()
    statistics = UtteranceStatistics(name="statistics")(model.input["features"])
    scores = LinearDiscriminant(statistics.shape[-1], 3)(statistics)
    judged = keras.Model(model.input, PosteriorProduct()(model.output, scores))
    assert "layer statistics hears the whole" in why_not_exact(judged, front_end)


def test_half_precision_is_refused():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model, front_end = causal_student()
    finally:
        keras.config.set_dtype_policy(before)
    assert why_not_exact(model, front_end) == (
        "it computes in bfloat16, a stream in float32"
    )


@pytest.mark.parametrize("mode", ["none", "training", "whitening"])
def test_a_causal_student_of_frame_by_frame_features_is_let_through(mode):
    model, _ = causal_student(pooling="mean_deviation")
    assert why_not_exact(model, FrontEnd(FeatureConfig(normalization=mode))) == ""


def test_energies_beside_their_past_are_no_frames_of_their_own(live):
    model, _, _ = live
    front_end = FrontEnd(FeatureConfig(mel_scale="pcen", normalization="training"))
    assert why_not_exact(model, front_end) == (
        "`features.mel_scale` pcen remembers every frame before"
    )

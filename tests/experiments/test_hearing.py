"""What a student hears of a beginning, and what it says of it."""

from importlib.util import find_spec

import keras
import numpy as np
import pytest

from satn_keras.config import ExperimentConfig, FeatureConfig, StudentConfig
from satn_keras.experiments import hearing
from satn_keras.experiments.hearing import hear, posterior_over_time
from satn_keras.experiments.students import Student
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.models import build_student
from satn_keras.pipelines.opensmile_descriptors import describe
from tests.support.sounds import vowel

HOP = 160
WAVEFORM = vowel(0.43, pitch=140, seed=3)  # 6880 samples, 43 frames or so


def made(front_end, **sizes):
    """Untrained student of three emotions."""
    keras.utils.set_random_seed(5)
    config = StudentConfig(num_levels=2, filters=7, attention_units=5, **sizes)
    shape = {"bands": front_end.num_bands, "channels": front_end.num_channels}
    model = build_student(3, config, **shape)
    recipe = ExperimentConfig(features=front_end.config, student=config)
    return Student(model, ("angry", "happy", "sad"), front_end, recipe)


def log_mels(**changes):
    return FrontEnd(FeatureConfig(num_mels=11, **changes))


@pytest.mark.parametrize(
    ("encoder", "normalization"),
    [("tcn", "none"), ("tcn", "utterance"), ("blstm", "speaker")],
)
def test_each_beginning_is_judged_as_if_the_utterance_ended_there(
    encoder, normalization
):
    student = made(log_mels(normalization=normalization), encoder=encoder)
    seconds, posteriors = posterior_over_time(student, WAVEFORM, step=17)
    np.testing.assert_allclose(
        seconds, [17 * HOP / 16000, 34 * HOP / 16000, len(WAVEFORM) / 16000]
    )
    for end, posterior in zip(seconds, posteriors, strict=True):
        features, mask = student.front_end(WAVEFORM[np.newaxis, : round(end * 16000)])
        alone = student.model({"features": features, "mask": mask}, training=False)
        alone = keras.ops.convert_to_numpy(alone)[0]
        np.testing.assert_allclose(posterior, alone, atol=1e-5)
    assert np.abs(posteriors[0] - posteriors[-1]).max() > 1e-4


def test_beginnings_are_ten_frames_apart(monkeypatch):
    student = made(log_mels(normalization="none"))
    seconds, _ = posterior_over_time(student, WAVEFORM)
    np.testing.assert_allclose(seconds, [0.1, 0.2, 0.3, 0.4, 0.43])
    monkeypatch.setattr(hearing, "MOST", 3)  # a long utterance
    seconds, _ = posterior_over_time(student, WAVEFORM)
    assert len(seconds) <= 3
    assert np.ptp(np.diff(seconds)[:-1]) == pytest.approx(0)


def test_an_utterance_shorter_than_a_step_has_one_posterior():
    student = made(log_mels(normalization="none"))
    seconds, posteriors = posterior_over_time(student, WAVEFORM[:900])
    np.testing.assert_allclose(seconds, [900 / 16000])
    np.testing.assert_allclose(posteriors.sum(axis=1), [1.0], rtol=1e-5)


@pytest.mark.skipif(not find_spec("opensmile"), reason="opensmile is not installed")
def test_descriptors_of_a_beginning_are_those_of_the_cut_waveform():
    config = FeatureConfig(descriptors="is09", normalization="none")
    front_end = DescriptorFrontEnd(config)
    lengths = [2000, len(WAVEFORM)]
    inputs = hear(front_end, WAVEFORM, lengths)
    features = keras.ops.convert_to_numpy(inputs["features"])
    mask = keras.ops.convert_to_numpy(inputs["mask"])
    for row, length in enumerate(lengths):
        alone = describe(WAVEFORM[:length], config)
        np.testing.assert_allclose(features[row, mask[row]], alone, rtol=1e-5)
        assert not features[row, ~mask[row]].any()
    seconds, posteriors = posterior_over_time(made(front_end), WAVEFORM, step=20)
    assert posteriors.shape == (len(seconds), 3)

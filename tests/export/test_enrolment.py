"""A speaker's statistics as an input of models that normalise by speaker."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.errors import AudioError, ConfigError
from satn_keras.export import Recognizer, export_student
from satn_keras.features import FeatureStatistics, FrontEnd
from satn_keras.models import build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")


@pytest.fixture(scope="module")
def parts():
    config = StudentConfig(num_levels=1, filters=5, attention_units=5)
    front_end = FrontEnd(FeatureConfig(num_mels=7, normalization="speaker"))
    return build_student(3, config, bands=7, seed=1), front_end


@pytest.fixture(scope="module")
def recognizer(parts, tmp_path_factory):
    return Recognizer(export_student(*parts, CLASSES, tmp_path_factory.mktemp("m")))


def test_enrolment_gives_mean_and_deviation_of_all_true_frames(parts, recognizer):
    sounds = [vowel(0.5, pitch=110), vowel(0.2, pitch=140), vowel(0.33, pitch=90)]
    exact = FeatureStatistics()
    for sound in sounds:
        features, _ = parts[1].extract(sound[np.newaxis])
        exact.add(np.asarray(features)[0])
    found = recognizer.enrol(sounds)
    assert found.shape == (1, 2, 7, 3)
    np.testing.assert_allclose(found[0, 0], exact.mean, atol=1e-3)
    np.testing.assert_allclose(found[0, 1], exact.deviation, atol=1e-3)


def test_the_answer_is_that_of_the_model_with_the_speaker_s_statistics(
    parts, recognizer
):
    model, front_end = parts
    sounds = [vowel(0.5, pitch=110), vowel(0.2, pitch=140)]
    statistics = recognizer.enrol(sounds)
    found = recognizer.predict(sounds, statistics)
    for sound, one in zip(sounds, found, strict=True):
        features, mask = front_end(sound[np.newaxis], statistics=statistics)
        expected = model({"features": features, "mask": mask}, training=False)
        rows = list(one.probabilities.values())
        np.testing.assert_allclose(rows, expected[0], rtol=0, atol=1e-5)


def test_without_enrolment_an_utterance_stands_for_its_speaker(recognizer):
    sound = vowel(0.4)
    alone = recognizer.predict([sound])[0].probabilities
    enrolled = recognizer.predict([sound], recognizer.enrol([sound]))[0].probabilities
    assert alone == pytest.approx(enrolled, abs=1e-4)


def test_a_row_of_statistics_may_belong_to_each_utterance(recognizer):
    sounds = [vowel(0.3, pitch=110), vowel(0.3, pitch=180)]
    each = np.concatenate([recognizer.enrol([sound]) for sound in sounds])
    found = recognizer.predict(sounds, each)
    plain = recognizer.predict(sounds)
    for one, other in zip(found, plain, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-4)


def test_two_constants_are_no_sound_however_long_they_are(with_prior):
    constants = [np.full(count, 0.25, "float32") for count in (900, 16000)]
    with pytest.raises(AudioError, match="needs sound that changes"):
        with_prior.enrol(constants)


@pytest.mark.parametrize("samples", [1, 9, 16000])
def test_silence_and_a_single_frame_enrol_nobody(recognizer, samples):
    with pytest.raises(AudioError, match="needs sound that changes"):
        recognizer.enrol([np.zeros(samples, "float32")])


def test_nobody_enrols_without_sound_or_with_another_model(recognizer, exported):
    with pytest.raises(AudioError, match="at least one waveform"):
        recognizer.enrol([])
    if "enrol" in tf.saved_model.load(str(exported / "1")).signatures:
        pytest.fail("the small student does not normalise by speaker")
    with pytest.raises(ConfigError, match="does not normalise by speaker"):
        Recognizer(exported).enrol([vowel(0.1)])
    with pytest.raises(ConfigError, match="does not normalise by speaker"):
        Recognizer(exported).predict([vowel(0.1)], np.zeros((1, 2, 7, 3), "float32"))


# Models with a prior of speakers


@pytest.fixture(scope="module")
def known_before():
    """20 frames, mean and deviation that the training part's speakers have."""
    rng = np.random.default_rng(1)
    return 20, rng.normal(size=(7, 3)), rng.uniform(1, 2, size=(7, 3))


@pytest.fixture(scope="module")
def with_prior(parts, known_before, tmp_path_factory):
    features = {**parts[1].config.model_dump(), "speaker_prior_seconds": 0.2}
    front_end = FrontEnd(FeatureConfig(**features))
    front_end.set_statistics(*known_before[1:])
    folder = tmp_path_factory.mktemp("prior")
    return Recognizer(export_student(parts[0], front_end, CLASSES, folder))


def test_an_enrolment_begins_with_the_prior(parts, known_before, with_prior):
    sounds = [vowel(0.5, pitch=110), vowel(0.2, pitch=140)]
    own = [np.asarray(parts[1].extract(sound[np.newaxis])[0])[0] for sound in sounds]
    own, (before, known, deviation) = np.concatenate(own), known_before
    total = len(own) + before
    mean = (own.sum(axis=0) + before * known) / total
    second = np.square(own).sum(axis=0) + before * (known**2 + deviation**2)
    found = with_prior.enrol(sounds)
    np.testing.assert_allclose(found[0, 0], mean, atol=1e-3)
    np.testing.assert_allclose(
        found[0, 1], np.sqrt(second / total - mean**2), atol=1e-3
    )
    alone = with_prior.predict(sounds[:1])[0].probabilities
    enrolled = with_prior.predict(sounds[:1], with_prior.enrol(sounds[:1]))
    assert alone == pytest.approx(enrolled[0].probabilities, abs=1e-4)


def test_silence_enrols_nobody_whatever_was_known_before(with_prior):
    with pytest.raises(AudioError, match="needs sound that changes"):
        with_prior.enrol([np.zeros(16000, "float32")])

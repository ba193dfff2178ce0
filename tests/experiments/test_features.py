"""Statistics of the training part reach the front end, and a file and back."""

import json

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
    statistics_by_speaker,
)
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines import build_store
from tests.pipelines.small_stores import BANDS, noise_manifest


@pytest.mark.parametrize("normalization", ["training", "whitening"])
def test_statistics_from_a_file_normalize_as_those_just_fitted(tmp_path, normalization):
    config = FeatureConfig(num_mels=BANDS, normalization=normalization)
    fitted = make_front_end(config)
    store = build_store(noise_manifest(tmp_path), fitted)
    written = json.loads(json.dumps(fit_statistics(fitted, store)))
    loaded = make_front_end(config, written)
    frames = np.random.default_rng(1).random((2, 7, BANDS, 3)).astype("float32")
    expected = keras.ops.convert_to_numpy(fitted.normalize(frames))
    assert not np.allclose(expected, frames)
    np.testing.assert_array_equal(loaded.normalize(frames), expected)


@pytest.mark.parametrize("normalization", ["none", "utterance", "speaker"])
def test_no_statistics_are_kept_where_the_training_part_has_no_say(normalization):
    front_end = make_front_end(FeatureConfig(normalization=normalization))
    assert fit_statistics(front_end, store=None) is None


@pytest.mark.parametrize(
    ("descriptors", "kind"), [("none", FrontEnd), ("is09", DescriptorFrontEnd)]
)
def test_the_recipe_s_descriptors_choose_the_front_end(descriptors, kind):
    config = FeatureConfig(descriptors=descriptors)
    front_end = make_front_end(config)
    assert type(front_end) is kind
    assert front_end.config == config


def test_a_voice_without_pitch_has_no_part_in_the_prior_s_pitch():
    # Mean and deviation of three voices in two bands; the third is never voiced.
    voices = [([4.0, 1.0], [3.0, 1.0]), ([6.0, 2.0], [4.0, 1.0]), ([0.0, 6.0], [0, 1])]
    voices = np.array(voices)[..., None]
    config = FeatureConfig(
        normalization="speaker", speaker_prior_seconds=0.2, num_mels=2, derivatives=0
    )
    mean, deviation = fit_statistics(make_front_end(config), None, voices)
    np.testing.assert_allclose(np.ravel(mean), [5.0, 3.0])
    np.testing.assert_allclose(np.ravel(deviation), [np.sqrt(12.5), 1.0])


def test_a_speaker_s_prior_is_the_mean_speaker_of_the_training_part(tmp_path):
    config = FeatureConfig(
        num_mels=BANDS, normalization="speaker", speaker_prior_seconds=0.2
    )
    fitted = make_front_end(config)
    store = build_store(noise_manifest(tmp_path), fitted)
    known = statistics_by_speaker(store, fitted, training=True)
    np.testing.assert_allclose(known, store.voice_statistics(), rtol=1e-6)
    written = json.loads(json.dumps(fit_statistics(fitted, store, known)))
    np.testing.assert_allclose(fit_statistics(fitted, store), written, rtol=1e-5)
    np.testing.assert_allclose(written[0], known[:, 0].mean(axis=0), rtol=1e-5)
    of_squares = np.sqrt(np.mean(known[:, 1] ** 2, axis=0))
    np.testing.assert_allclose(written[1], of_squares, rtol=1e-5)

    loaded = make_front_end(config, written)
    heard = statistics_by_speaker(store, loaded)
    frames, mean, deviation = loaded.speaker_prior
    assert frames == 20  # of 10 ms
    rows, whose = list(store.every_row()), store.voice_ids
    for voice in np.unique(whose):
        own = np.concatenate([rows[i] for i in np.flatnonzero(whose == voice)])
        total = len(own) + 20
        expected = (own.sum(axis=0) + 20 * np.asarray(written[0])) / total
        np.testing.assert_allclose(heard[voice, 0], expected, atol=1e-4)

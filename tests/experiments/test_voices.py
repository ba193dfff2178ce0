"""What is learned of a training part's voices."""

import numpy as np
from scipy.stats import multivariate_normal as normal
from sklearn.covariance import shrunk_covariance

from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
    statistics_by_speaker,
)
from satn_keras.experiments.voices import fit_voices
from satn_keras.features import FrontEnd
from satn_keras.pipelines import build_store
from tests.pipelines.small_stores import front_end, noise_manifest


def a_front_end():
    config = front_end().config.model_copy(update={"normalization": "voices"})
    return FrontEnd(config)


def moments(store):
    static = [frames[..., 0].astype("float64") for frames in store.every_row()]
    return np.stack([np.concatenate([x.mean(0), x.std(0)]) for x in static])


def test_the_scores_of_voices_are_their_normal_densities(tmp_path):
    manifest = noise_manifest(tmp_path)
    store = build_store(manifest, a_front_end(), speeds=(1.0, 0.9))
    voices, center, spread, kernel, bias = fit_voices(store, a_front_end().present)
    heard = moments(store)
    np.testing.assert_allclose(center, heard.mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(voices, store.voice_statistics())
    distance = np.clip((heard - center) / spread, -5, 5)
    ids = store.voice_ids
    means = np.stack([distance[ids == voice].mean(axis=0) for voice in range(6)])
    within = shrunk_covariance(np.cov((distance - means[ids]).T, bias=True), 0.5)
    density = np.stack([normal(mean, within).pdf(distance) for mean in means], axis=1)
    posterior = density * np.bincount(ids)
    shares = np.exp(distance @ kernel + bias)
    np.testing.assert_allclose(
        shares / shares.sum(axis=1, keepdims=True),
        posterior / posterior.sum(axis=1, keepdims=True),
        rtol=1e-5,
        atol=1e-8,
    )


def test_two_voices_and_one_are_enough(tmp_path):
    manifest = noise_manifest(tmp_path)
    pair = manifest.where(speaker=manifest.speakers[:2])
    store = build_store(pair, a_front_end())
    *_, kernel, bias = fit_voices(store, a_front_end().present)
    assert (kernel.shape, bias.shape) == ((10, 2), (2,))
    one = build_store(pair.where(speaker=pair.speakers[:1]), a_front_end())
    *_, kernel, bias = fit_voices(one, a_front_end().present)
    assert (kernel.shape, bias.shape) == ((10, 1), (1,))
    assert np.isfinite(kernel).all()


def test_the_training_part_alone_is_normalised_by_whom_it_knows(tmp_path):
    manifest = noise_manifest(tmp_path)
    front = a_front_end()
    store = build_store(manifest, front)
    statistics = fit_statistics(front, store)
    assert statistics_by_speaker(store, front) is None
    known = statistics_by_speaker(store, front, training=True)
    np.testing.assert_allclose(known, store.voice_statistics(), rtol=1e-6)
    again = make_front_end(front.config, statistics)
    frames = store.fetch(0)[None]
    np.testing.assert_allclose(front.normalize(frames), again.normalize(frames))

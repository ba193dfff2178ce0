"""Mixtures say truly of what they are made, and are the same wherever they are made."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from satn_keras.config import AugmentationConfig, TrainingConfig
from satn_keras.pipelines import Batcher, emotion_targets
from satn_keras.pipelines import batches as module
from satn_keras.pipelines.mixup import draw_mixture
from tests.pipelines.small_stores import front_end, numbered_store

ROWS = 37
LENGTHS = np.random.default_rng(1).integers(3, 60, ROWS)
PLAIN = TrainingConfig(batch_size=8)
NUMBERS = np.arange(ROWS)


def mixed(config=PLAIN, alpha=1.0, epoch=0, first=0, share=(0, 1), weights=None):
    """Batches of (features, mask, truth, ...); row r is of class r."""
    store = numbered_store(LENGTHS)
    targets = emotion_targets(NUMBERS, 1, weights, ROWS)
    batcher = Batcher(store, front_end("none"), targets, mixup=alpha)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "worker_share", lambda: share)
        batches = batcher.training(config, seed=1)
    batches.epoch, batches.batch = epoch, first
    return [
        (inputs["features"], inputs["mask"], *rest)
        for inputs, *rest in batches.dataset.as_numpy_iterator()
    ]


def test_the_share_is_of_the_symmetric_beta_distribution():
    for alpha in (0.3, 1.0, 4.0):
        seeds = tf.stack([tf.range(700), tf.fill([700], 9)], axis=1)
        draws = tf.map_fn(
            lambda seed, alpha=alpha: draw_mixture(alpha, 5, seed)[1],
            seeds,
            fn_output_signature=tf.float32,
        )
        test = scipy.stats.kstest(draws.numpy(), scipy.stats.beta(alpha, alpha).cdf)
        assert test.pvalue > 0.01


def test_every_row_may_be_mixed_in():
    rows = {int(draw_mixture(1.0, 3, tf.constant([n, 2]))[0]) for n in range(40)}
    assert rows == {0, 1, 2}


def test_features_and_targets_are_mixed_by_the_same_shares():
    seen = 0
    for features, mask, truth in mixed():
        np.testing.assert_allclose(truth.sum(axis=1), 1, rtol=1e-5)
        for sound, true, shares in zip(features, mask, truth, strict=True):
            # Every row is r + 1 in channel 0 for as long as it lasts, and then 0.
            lasting = np.arange(len(true))[:, None] < LENGTHS
            expected = lasting @ (shares * (NUMBERS + 1))
            np.testing.assert_allclose(sound[:, 0, 0], expected, rtol=1e-4, atol=1e-5)
            parts = np.flatnonzero(shares > 1e-6)
            assert len(parts) <= 2
            longest = LENGTHS[shares > 0].max()
            np.testing.assert_array_equal(true, np.arange(len(true)) < longest)
            seen += len(parts) == 2
    assert seen > ROWS / 2


def test_weights_are_mixed_as_their_classes_are():
    weights = np.linspace(0.5, 2, ROWS).astype("float32")
    for _, _, truth, found in mixed(weights=weights):
        np.testing.assert_allclose(found, truth @ weights, rtol=1e-4)


CROPPED = TrainingConfig(
    batch_size=8, segment_frames=11, augmentation=AugmentationConfig(time_masks=1)
)


@pytest.mark.parametrize("config", [PLAIN, CROPPED])
def test_each_epoch_mixes_anew_and_a_pass_may_begin_at_any_batch(config):
    first, second = mixed(config), mixed(config, epoch=1)
    assert not np.array_equal(first[0][2], second[0][2])
    rest = mixed(config, epoch=1, first=2)
    assert len(rest) == len(second) - 2
    for ours, theirs in zip(rest, second[2:], strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_workers_mixtures_are_those_of_one_device():
    shares = [mixed(CROPPED, share=(worker, 3)) for worker in range(3)]
    for number, (features, mask, truth) in enumerate(mixed(CROPPED)):
        own = [share[number] for share in shares]
        np.testing.assert_array_equal(np.concatenate([o[2] for o in own]), truth)
        starts = [np.argwhere(o[1]).shape[0] for o in own]  # true frames
        assert sum(starts) == mask.sum()
        sums = np.concatenate([o[0].sum(axis=(1, 2, 3)) for o in own])
        np.testing.assert_allclose(sums, features.sum(axis=(1, 2, 3)), rtol=1e-5)


def test_few_lengths_for_xla_mix_the_same():
    grid = PLAIN.model_copy(update={"jit": True})
    lengths = set()
    for ours, theirs in zip(mixed(grid), mixed(), strict=True):
        np.testing.assert_array_equal(ours[2], theirs[2])
        np.testing.assert_array_equal(ours[1].sum(axis=1), theirs[1].sum(axis=1))
        lengths.add(ours[1].shape[1])
    assert len(lengths) <= 8

"""Training batches go on from any batch of any epoch."""

import numpy as np

from satn_keras.config import AugmentationConfig, TrainingConfig
from satn_keras.pipelines import Batcher, emotion_targets
from satn_keras.pipelines import batches as module
from tests.pipelines.small_stores import front_end, numbered_store

LENGTHS = np.random.default_rng(1).integers(3, 60, 21)
CONFIG = TrainingConfig(
    batch_size=4,
    segment_frames=20,
    augmentation=AugmentationConfig(time_masks=1, frequency_masks=1),
)


def training_batches():
    store = numbered_store(LENGTHS)
    batcher = Batcher(store, front_end("none"), emotion_targets(np.arange(21)))
    return batcher.training(CONFIG, seed=1)


def numbers(batches):
    return [
        (inputs["features"].numpy(), truth.numpy()) for inputs, truth in batches.dataset
    ]


def test_a_pass_may_begin_at_any_batch_of_any_epoch():
    batches = training_batches()
    epochs = []
    for batches.epoch in range(3):
        epochs.append(numbers(batches))
    later = training_batches()
    later.epoch, later.batch = 2, 4
    found = numbers(later)
    assert len(epochs[2]) == 6
    for (features, truth), (expected, label) in zip(found, epochs[2][4:], strict=True):
        np.testing.assert_array_equal(features, expected)
        np.testing.assert_array_equal(truth, label)


def test_keys_name_the_utterances_of_a_batch():
    batches = training_batches()
    batches.epoch = 1
    keys = [one.key for one in numbered_store(LENGTHS).manifest]
    for number, (_, truth) in enumerate(numbers(batches)):
        assert batches.keys_of(number) == [keys[label] for label in truth]
    assert batches.keys_of(99) == []


def test_keys_name_the_utterances_of_a_batch_on_all_workers(monkeypatch):
    whole = training_batches()
    monkeypatch.setattr(module, "worker_share", lambda: (1, 3))
    share = training_batches()
    assert share.names_all
    for number in range(6):
        assert share.keys_of(number) == whole.keys_of(number)


def test_the_workers_share_each_batch_and_none_ends_before_the_others(monkeypatch):
    whole = numbers(training_batches())
    shares = []
    for index in range(3):
        monkeypatch.setattr(module, "worker_share", lambda index=index: (index, 3))
        shares.append(numbers(training_batches()))
    assert [len(share) for share in shares] == [6, 6, 6]
    # 21 utterances are five batches of four and one that leaves two workers nothing.
    assert [len(truth) for _, truth in shares[0]] == [1, 1, 1, 1, 1, 0]
    assert [len(truth) for _, truth in shares[2]] == [2, 2, 2, 2, 2, 1]
    for batch, (features, truth) in enumerate(whole):
        parts = [share[batch] for share in shares]
        np.testing.assert_array_equal(np.concatenate([p[1] for p in parts]), truth)
        for part, labels in parts:
            # The same crops and masks, whoever draws them.
            theirs = features[np.isin(truth, labels)][:, : part.shape[1]]
            np.testing.assert_array_equal(part, theirs)


def test_for_xla_batches_are_padded_to_few_lengths():
    store = numbered_store(np.arange(1, 81))
    batcher = Batcher(store, front_end("none"), emotion_targets(np.arange(80)))
    config = TrainingConfig(batch_size=2, jit=True)
    batches = batcher.training(config, seed=1)
    found = {features.shape[1] for features, _ in numbers(batches)}
    assert len(found) <= 8 < 40
    for inputs, truth in batches.dataset:
        np.testing.assert_array_equal(inputs["mask"].numpy().sum(axis=1), truth + 1)

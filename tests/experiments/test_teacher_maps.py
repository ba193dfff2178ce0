"""Teacher's maps kept over the epochs, beside a teacher that is run in each step."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments import teacher_maps
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.teacher_maps import batches_with_maps, kept_rows
from satn_keras.pipelines import Batcher, emotion_targets
from satn_keras.transfer import AttentionTransfer
from tests.pipelines.small_stores import BANDS, front_end, numbered_store, rows_of
from tests.transfer.small_models import CLASSES, cross_entropy, small_encoder

LENGTHS = np.array([3, 5, 7, 4, 13, 11, 6, 2, 7, 9, 5])
CROP = 7  # three utterances are longer


def recipe(transfer=None, **training):
    """Settings of a training in batches of four."""
    training = {"batch_size": 4, "segment_frames": CROP, **training}
    return ExperimentConfig.model_validate(
        {"transfer": transfer or {}, "student_training": training}
    )


def noisy_batcher(lengths=LENGTHS):
    """Batches of noise, another in each row."""
    store = numbered_store(lengths)

    def noise(features):
        row = tf.cast(features[0, 0, 0], tf.int32)
        shape = (tf.shape(features)[0], BANDS, 3)
        return tf.random.stateless_normal(shape, tf.stack([row, 1]))

    labels = np.arange(len(lengths)) % CLASSES
    return Batcher(store.mapped(noise), front_end(), emotion_targets(labels))


def small_trainer(config, learning_rate=0.1, dropout=0.2, **kwargs):
    student = small_encoder("student", dropout=dropout, seed=2)
    teacher = small_encoder("teacher", filters=13, seed=3, **kwargs)
    trainer = AttentionTransfer.from_config_values(student, teacher, config.transfer)
    trainer.compile(keras.optimizers.SGD(learning_rate), cross_entropy())
    return trainer


def run_in(folder, config):
    return RunDirectory.create(folder, config)


def train(config, folder):
    """Losses of two epochs, of training and validation, and the weights after."""
    trainer = small_trainer(config)
    training, validation = noisy_batcher(), noisy_batcher(LENGTHS[:6])
    run = run_in(folder, config)
    batches, held_out = batches_with_maps(training, validation, trainer, config, run)
    losses = []
    for epoch in range(2):
        batches.epoch = epoch
        logs = trainer.fit(
            batches.dataset, validation_data=held_out, shuffle=False, verbose=0
        )
        losses.append({name: values[0] for name, values in logs.history.items()})
    return losses, trainer.student.get_weights()


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize(("control", "power"), [("none", 2.0), ("shuffled", 0.7)])
def test_two_epochs_with_stored_maps_equal_two_without(tmp_path, control, power):
    transfer = {"control": control, "power": power}
    stored = recipe(transfer)
    anew = recipe({**transfer, "teacher_maps": "each_step"})
    losses, weights = train(stored, tmp_path / "stored")
    wanted, wanted_weights = train(anew, tmp_path / "anew")
    assert {"transfer_loss", "teacher_entropy", "val_transfer_loss"} <= set(wanted[0])
    for found, expected in zip(losses, wanted, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    for found, expected in zip(weights, wanted_weights, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_teacher_is_run_for_cropped_utterances_alone():
    config = recipe()
    trainer = small_trainer(config)
    heard = []
    run = trainer._comparison.teacher.view.call
    trainer._comparison.teacher.view.call = lambda inputs, **kwargs: (
        heard.append(len(inputs["features"])) or run(inputs, **kwargs)
    )
    maps = keras.ops.convert_to_tensor(np.ones((5, 3, 3), "float32"))
    x = {
        "features": keras.random.normal((5, 3, BANDS, 3)),
        "mask": np.ones((5, 3), bool),
        "teacher_map": maps,
    }
    trainer._hear(x, training=True)
    assert heard == []
    missing = np.array([False, True, False, False, True])
    found = trainer._hear({**x, "teacher_map_missing": missing}, training=True)
    assert heard == [2]
    kept = found["maps"][0].numpy()[~missing]
    np.testing.assert_array_equal(kept, np.ones((3, 3, 1)))


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_a_crop_has_its_piece_of_the_whole_s_map(tmp_path, monkeypatch, cache):
    # The map of a row's frame is the frame's number in the row, as in its features.
    def numbers(batcher, trainer, kept):
        assert kept.all()
        for row in range(len(LENGTHS)):
            frames = np.arange(1, LENGTHS[row] + 1, dtype="float32")
            yield np.tile(frames[:, None], (1, pairs))

    monkeypatch.setattr(teacher_maps, "_each", numbers)
    config = recipe({"teacher_maps": "whole"}, cache=cache)
    trainer = small_trainer(config)
    pairs = len(trainer.pairs)
    store = numbered_store(LENGTHS)
    batcher = Batcher(store, front_end(), emotion_targets(np.zeros(len(LENGTHS), int)))
    run = run_in(tmp_path, config)
    batches, _ = batches_with_maps(batcher, None, trainer, config, run)
    begins = set()
    for epoch in range(4):
        batches.epoch = epoch
        for x, *_ in batches.dataset:
            assert "teacher_map_missing" not in x
            frames = x["features"].numpy()[:, :, 0, 1]
            assert frames.shape[1] <= CROP
            begins |= set(frames[:, 0])
            for pair in range(pairs):
                np.testing.assert_array_equal(x["teacher_map"][..., pair], frames)
    assert len(begins) > 3


def test_the_pieces_are_of_what_the_teacher_made_of_the_whole(tmp_path):
    config = recipe({"teacher_maps": "whole"})
    trainer, batcher = small_trainer(config), noisy_batcher()
    run = run_in(tmp_path, config)
    batches, _ = batches_with_maps(batcher, None, trainer, config, run)
    wholes = rows_of(batcher.store)
    maps = [np.asarray(trainer.maps_to_store(alone(whole)))[0] for whole in wholes]
    starts = []
    for x, *_ in batches.dataset:
        frames = x["mask"].numpy().sum(axis=1)
        for features, found, length in zip(
            x["features"].numpy(), x["teacher_map"].numpy(), frames, strict=True
        ):
            row, start = place_of(features[0], wholes)
            piece = maps[row][start : start + length]
            np.testing.assert_allclose(found[:length], piece, rtol=1e-4, atol=1e-6)
            starts.append(start)
    assert len(starts) == len(LENGTHS) and max(starts) > 0


def alone(features):
    return {"features": features[None], "mask": np.ones((1, len(features)), bool)}


def place_of(frame, wholes):
    """Row and number of a frame of noise."""
    for row, whole in enumerate(wholes):
        same = np.flatnonzero((np.abs(whole - frame) < 1e-6).all(axis=(1, 2)))
        if len(same):
            return row, same[0]
    raise AssertionError("The frame is of no row.")


@pytest.mark.parametrize(
    ("transfer", "training"),
    [
        ({"control": "other_utterance"}, {}),
        ({"map": "attention"}, {}),
        ({}, {"mixup": 0.2}),
        ({}, {"augmentation": {"time_masks": 1}}),
        ({}, {"cache": "none"}),
    ],
)
def test_whole_maps_that_cannot_be_kept_are_refused(transfer, training):
    config = recipe({**transfer, "teacher_maps": "whole"}, **training)
    trainer = small_trainer(config)
    with pytest.raises(ConfigError, match="whole needs maps of one value a frame"):
        kept_rows(noisy_batcher(), trainer, config, training=True)
    assert len(kept_rows(noisy_batcher(), trainer, config, training=False))


def test_a_control_without_a_teacher_has_no_maps_to_keep():
    config = recipe({"control": "uniform", "teacher_maps": "whole"})
    kept = kept_rows(noisy_batcher(), small_trainer(config), config, training=True)
    assert not kept.any()


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_without_crops_the_whole_is_what_is_stored(tmp_path):
    whole, stored = (
        train(recipe({"teacher_maps": way}, segment_frames=None), tmp_path / way)
        for way in ("whole", "stored")
    )
    assert whole[0] == stored[0]


def test_xla_can_have_the_pieces_of_all():
    config = recipe({"teacher_maps": "whole"}, jit=True)
    kept = kept_rows(noisy_batcher(), small_trainer(config), config, training=True)
    assert kept.all()


def test_a_run_says_what_is_padded_and_what_is_kept(tmp_path):
    config = recipe()
    run = run_in(tmp_path, config)
    batches_with_maps(noisy_batcher(), None, small_trainer(config), config, run)
    record = json.loads((tmp_path / "batches.json").read_text())
    assert record["utterances"] == 11
    assert record["batches"] == 3
    assert record["teacher_maps_share"] == pytest.approx(8 / 11)
    order = noisy_batcher().order(config.student_training, config.seed)
    lengths = np.minimum(LENGTHS, CROP)[order.rows(0)]
    parts = lengths[:4], lengths[4:8], lengths[8:]
    frames = sum(len(part) * part.max() for part in parts)
    assert record["padded_share"] == pytest.approx(1 - lengths.sum() / frames)


@pytest.mark.parametrize(
    ("transfer", "training"),
    [
        ({"teacher_maps": "each_step"}, {}),
        ({"control": "other_utterance"}, {}),
        ({"control": "uniform"}, {}),
        ({"map": "attention"}, {}),
        ({}, {"mixup": 0.2}),
        ({}, {"augmentation": {"time_masks": 1}}),
        ({}, {"cache": "none"}),
        ({}, {"jit": True}),
    ],
)
def test_nothing_is_kept_that_is_not_the_same_in_each_epoch(transfer, training):
    config = recipe(transfer, **training)
    kept = kept_rows(noisy_batcher(), small_trainer(config), config, training=True)
    assert not kept.any()


def test_validation_is_neither_cropped_nor_masked():
    config = recipe(augmentation={"time_masks": 1}, mixup=0.2)
    kept = kept_rows(noisy_batcher(), small_trainer(config), config, training=False)
    assert kept.all()


def test_maps_on_disk_are_those_in_memory_and_found_again(tmp_path, monkeypatch):
    def first_batch(config):
        run = RunDirectory(tmp_path)
        trainer = small_trainer(config)
        batches, _ = batches_with_maps(noisy_batcher(), None, trainer, config, run)
        return next(iter(batches.dataset))[0]

    wanted, found = (first_batch(recipe(cache=cache)) for cache in ("memory", "disk"))
    for name, value in wanted.items():
        np.testing.assert_array_equal(found[name], value)
    monkeypatch.setattr(teacher_maps, "_each", lambda *_: pytest.fail("heard again"))
    again = first_batch(recipe(cache="disk"))
    np.testing.assert_array_equal(again["teacher_map"], wanted["teacher_map"])


def test_other_weights_of_the_teacher_have_maps_of_their_own():
    config = recipe()
    one, other = small_trainer(config), small_trainer(config)
    assert one.teacher_fingerprint == other.teacher_fingerprint
    kernel = other._comparison.teacher.view.variables[0]
    kernel.assign(kernel + 1e-6)
    assert one.teacher_fingerprint != other.teacher_fingerprint


def test_the_recipe_knows_three_ways():
    with pytest.raises(ValidationError, match="stored"):
        recipe({"teacher_maps": "sometimes"})

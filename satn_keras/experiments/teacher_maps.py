"""Maps of a frozen teacher, made once for all epochs."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import role
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.pipelines import Batcher, ShardStore, TrainingBatches
from satn_keras.pipelines.files import whole_file
from satn_keras.pipelines.map_store import MapStore
from satn_keras.transfer import AttentionTransfer

HEARD_AT_ONCE = 32  # utterances, by the teacher


def batches_with_maps(
    training: Batcher,
    validation: Batcher | None,
    trainer: AttentionTransfer,
    config: ExperimentConfig,
    run: RunDirectory,
) -> tuple[TrainingBatches, tf.data.Dataset | None]:
    """Batches of both parts, as `fit_replicas` takes them.

    `batches.json` of the run says how many batches an epoch has, the share of padded
    frames in them, and of which share of the utterances the teacher's maps are kept.
    """
    settings = config.student_training
    batcher, kept = with_teacher_maps(training, trainer, config, run, training=True)
    order = batcher.order(settings, config.seed)
    record = {
        "utterances": len(order.lengths),
        "batches": order.num_batches,
        "padded_share": None if batcher.is_streamed() else order.padded_share(epoch=0),
        "teacher_maps_share": float(kept.mean()),
    }
    run.write_json("batches.json", record)
    batches, held_out = batcher.training(settings, config.seed), None
    if validation is not None:
        validation, _ = with_teacher_maps(validation, trainer, config, run)
        held_out, _ = validation.evaluation(settings.batch_size, settings.jit)
    return batches, held_out


def with_teacher_maps(
    batcher: Batcher,
    trainer: AttentionTransfer,
    config: ExperimentConfig,
    run: RunDirectory,
    training: bool = False,
) -> tuple[Batcher, np.ndarray]:
    """Batcher whose batches bring the teacher's maps along, where they may.

    The teacher hears each utterance once that it would hear alike in each epoch. It
    is as it was where utterances are masked or mixed, where the maps are no single
    value a frame (`AttentionTransfer.stores_maps`), on several replicas, and where
    the recipe says so. An utterance that training crops has no map of its own and
    is heard in each step, unless the recipe takes the same piece of the map of the
    whole; XLA, which cannot run the teacher for some rows of a batch, has the maps of
    all or none.

    Args:
        batcher: of the training or the validation part, its statistics fitted.
        trainer: whose teacher is heard.
        config: the recipe.
        run: its folder keeps the maps, where `student_training.cache` is "disk" or
            the features are prepared; they are taken from it if teacher, features and
            settings are the same.
        training: whether the batches are trained on.

    Returns:
        Batcher, and of which of its rows the maps are kept: (rows,), bool.
    """
    kept = kept_rows(batcher, trainer, config, training)
    if not kept.any():
        return batcher, kept
    on_disk = config.student_training.cache == "disk"
    if on_disk or isinstance(batcher.store, ShardStore):
        frames = _from_disk(batcher, trainer, kept, run.path / "cache")
    else:
        frames = np.concatenate(list(_each(batcher, trainer, kept)))
    maps = MapStore(frames, batcher.store.lengths, kept)
    return dataclasses.replace(batcher, more_inputs=maps.make_inputs()), kept


def kept_rows(
    batcher: Batcher,
    trainer: AttentionTransfer,
    config: ExperimentConfig,
    training: bool,
) -> np.ndarray:
    """(rows,), bool: of which rows the teacher's maps are kept.

    Raises:
        ConfigError: if the recipe wants the maps of whole utterances, training crops
            some, and they cannot be kept: another loss would take their place.
    """
    settings, lengths = config.student_training, batcher.store.lengths
    ways = config.transfer.teacher_maps
    complete = np.ones(len(lengths), bool)
    if training and settings.segment_frames:
        complete = lengths <= settings.segment_frames
    has_map = np.ones_like(complete) if ways == "whole" else complete
    masks = settings.augmentation
    is_changed = training and bool(
        settings.mixup or masks.time_masks or masks.frequency_masks
    )
    can = (
        ways != "each_step"
        and trainer.stores_maps
        and settings.cache != "none"
        and not is_changed
        and role().replicas == 1
        and (has_map.all() or not settings.jit)
    )
    if ways == "whole" and not can and not complete.all() and trainer.runs_teacher:
        raise ConfigError(
            "transfer.teacher_maps: whole needs maps of one value a frame (map "
            "activation, no control but untrained or shuffled, no pairs of other "
            "frames), one replica, a cache, and neither mixup nor masks. Choose stored."
        )
    return has_map & can


def _batches(batcher, kept):
    """Normalised batches that hold the rows kept, each with its rows."""
    batches, order = batcher.evaluation(HEARD_AT_ONCE, every_version=True)
    # In order of length: those that are cropped, the longest, come last.
    wanted = -(-int(kept.sum()) // HEARD_AT_ONCE)
    for number, (x, *_) in enumerate(batches.take(wanted)):
        rows = order[number * HEARD_AT_ONCE : (number + 1) * HEARD_AT_ONCE]
        yield rows, {name: x[name] for name in ("features", "mask")}


def _each(batcher, trainer, kept):
    """Maps of each row that is kept, (frames, pairs), in order of the rows."""
    made, lengths = {}, batcher.store.lengths
    hear = tf.function(trainer.maps_to_store, reduce_retracing=True)
    for rows, x in _batches(batcher, kept):
        for row, maps in zip(rows, hear(x).numpy(), strict=True):
            made[row] = maps[: lengths[row]]
    return (made[row] for row in np.flatnonzero(kept))


def _from_disk(batcher, trainer, kept, folder):
    """Memory map of the maps, written if they are not there."""
    path = folder / f"teacher-maps-{_key(batcher, trainer, kept)}.f32"
    if not path.exists():
        with whole_file(path) as file:
            for maps in _each(batcher, trainer, kept):
                maps.tofile(file)
    frames = np.memmap(path, "float32", mode="r")
    return frames.reshape(-1, len(trainer.pairs))


def _key(batcher, trainer, kept):
    """Hash of what decides the maps: the teacher, and the features it hears."""
    known = hashlib.sha256(trainer.teacher_fingerprint.encode())
    known.update(kept.tobytes())
    for _, x in _batches(batcher, kept):
        known.update(x["features"].numpy().tobytes())
    return known.hexdigest()[:16]

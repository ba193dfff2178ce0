"""Training, scoring and storing of the emotion recogniser."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pandas as pd

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
    statistics_by_speaker,
)
from satn_keras.experiments.fitting import fit, make_optimizer
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.features import FrontEnd
from satn_keras.metrics import UnweightedAccuracy
from satn_keras.models import build_student
from satn_keras.pipelines import Batcher, build_store, emotion_targets
from satn_keras.transfer import AttentionTransfer


@dataclasses.dataclass(frozen=True)
class Student:
    """Trained emotion recogniser with what it needs to listen.

    Attributes:
        model: made by `build_student`.
        classes: emotions in the order of the posterior.
        front_end: its features, with the training part's statistics.
        config: the recipe it was trained by.
    """

    model: keras.Model
    classes: tuple[str, ...]
    front_end: FrontEnd
    config: ExperimentConfig

    @classmethod
    def load(cls, run: RunDirectory) -> Student:
        """Student of a finished run.

        Raises:
            ArtifactError: if the run holds no trained student.
        """
        path = run.path / "student.keras"
        if not path.exists():
            raise ArtifactError(
                f"{path}: no trained student here. Train one with "
                "`satn train RECIPE --task student`."
            )
        config = run.config
        front_end = make_front_end(config.features, run.read_json("statistics.json"))
        classes = tuple(run.read_json("labels.json"))
        return cls(run.read_model(path.name), classes, front_end, config)


def train_student(
    config: ExperimentConfig,
    train: Manifest,
    validation: Manifest,
    classes: tuple[str, ...],
    run: RunDirectory,
    teacher: keras.Model | None = None,
    progress=None,
) -> Student:
    """Student trained on `train`, its epoch chosen on `validation`.

    The teacher hears the same batches as the student, normalised by the student's
    statistics: the channel of the emotional corpus, not of the teacher's.

    Args:
        config: the recipe; `transfer.weight` 0 trains without a teacher.
        train: labelled utterances.
        validation: of other speakers; chooses the epoch.
        classes: emotions in the order of the posterior.
        run: receives weights, classes, statistics and history.
        teacher: frozen; needed where `transfer.weight` is above 0.
        progress: called with (rows done, rows in all).
    """
    keras.utils.set_random_seed(config.seed)
    settings = config.student_training
    front_end = make_front_end(config.features)
    emotional = emotion_batches(
        train, classes, front_end, config, run, progress, training=True
    )
    run.write_json("statistics.json", fit_statistics(front_end, emotional.store))
    held_out = emotion_batches(validation, classes, front_end, config, run, progress)
    validation_batches, _ = held_out.evaluation(settings.batch_size)

    model = build_student(
        len(classes), config.student, bands=front_end.num_bands, seed=config.seed
    )
    try:
        trainer = AttentionTransfer.from_config_values(model, teacher, config.transfer)
    except ValueError as error:
        raise ConfigError(f"transfer: {error}") from error
    trainer.compile(
        make_optimizer(settings),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[UnweightedAccuracy(len(classes))],
        jit_compile=False,  # XLA would compile anew for each length of a batch
    )
    best = BestEpoch(
        model,
        run.checkpoints,
        monitor="val_ua" if settings.selection == "ua" else "val_emotion_loss",
        higher_is_better=settings.selection == "ua",
        tie_breaker="val_emotion_loss",
        patience=settings.patience,
    )
    record = fit(
        trainer,
        emotional.training(settings, config.seed),
        validation_batches,
        settings,
        run.path,
        best,
    )
    run.write_json("labels.json", list(classes))
    run.write_json("selected.json", record)
    model.save(run.path / "student.keras")
    return Student(model, classes, front_end, config)


def emotion_batches(
    manifest, classes, front_end, config, run, progress=None, training=False
) -> Batcher:
    """Batches of utterances with their class; augmented speeds in training only."""
    settings = config.student_training
    speeds = (1.0, *(settings.augmentation.speeds if training else ()))
    labels = class_indices(manifest, classes)
    store = build_store(
        manifest,
        front_end,
        speeds,
        cache=settings.cache,
        folder=run.path / "cache",
        progress=progress,
    )
    weights = None
    if training and settings.class_weights == "balanced":
        weights = balanced_weights(labels, len(classes))
    return Batcher(
        store,
        front_end,
        emotion_targets(labels, store.repeats, weights),
        statistics_by_speaker(store, config.features),
    )


def balanced_weights(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """(classes,), N / (K N_k): each class counts the same in the sum.

    Example:
        >>> balanced_weights(np.array([0, 0, 0, 1]), 2).round(3)
        array([0.667, 2.   ])
    """
    counts = np.bincount(labels, minlength=num_classes)
    return len(labels) / (num_classes * np.maximum(counts, 1))


def predict_posteriors(
    student: Student, manifest: Manifest, run: RunDirectory
) -> pd.DataFrame:
    """Key, speaker, truth and one probability a class for each utterance."""
    batcher = emotion_batches(
        manifest, student.classes, student.front_end, student.config, run
    )
    batches, order = batcher.evaluation(student.config.student_training.batch_size)
    posteriors = np.empty((len(manifest), len(student.classes)), "float32")
    posteriors[order] = student.model.predict(batches.map(lambda x, *_: x), verbose=0)
    table = pd.DataFrame(posteriors, columns=list(student.classes))
    table.insert(0, "key", [utterance.key for utterance in manifest])
    table.insert(1, "speaker", [utterance.speaker for utterance in manifest])
    table.insert(2, "truth", [utterance.label for utterance in manifest])
    return table

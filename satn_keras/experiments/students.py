"""Training and storing of the emotion recognisers that are one network."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.distribution import current_strategy, serve_by_xla
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.emotion_batches import emotion_batches, validation_batcher
from satn_keras.experiments.emotion_crossentropy import emotion_loss
from satn_keras.experiments.features import fit_statistics, make_front_end
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.kept_epoch import kept_epoch
from satn_keras.experiments.posteriors_by_speaker import (
    centred_by_speaker,
    mean_log_posterior,
    whose,
)
from satn_keras.experiments.precision import policy_scope
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import save_model
from satn_keras.experiments.statistics_judge import with_statistics_judge
from satn_keras.experiments.student_start import start_student
from satn_keras.experiments.systems.system import System
from satn_keras.experiments.teacher_maps import batches_with_maps
from satn_keras.experiments.together import for_judging
from satn_keras.features import FrontEnd
from satn_keras.metrics import UnweightedAccuracy
from satn_keras.models import build_network, build_student
from satn_keras.transfer import (
    Annealing,
    AttentionTransfer,
    initialize_from_teacher,
    speaker_adversary,
)

_CENTER = "posterior_mean.json"


@dataclasses.dataclass(frozen=True)
class Student(System):
    """Trained network from features to a posterior, with what it needs to listen.

    Attributes:
        model: made by `build_student` or another builder of `models`.
        classes: emotions in the order of the posterior.
        front_end: its features, with the training part's statistics.
        config: the recipe it was trained by.
        center: (classes,), mean log posterior of the training part, where posteriors
            are normalised by speaker.
    """

    model: keras.Model
    classes: tuple[str, ...]
    front_end: FrontEnd
    config: ExperimentConfig
    center: np.ndarray | None = None

    @classmethod
    def train(
        cls,
        config: ExperimentConfig,
        train: Manifest,
        validation: Manifest,
        classes: tuple[str, ...],
        run: RunDirectory,
        teacher: keras.Model | None = None,
        progress=None,
        start: RunDirectory | None = None,
    ) -> Student:
        """Student as `System.train` describes it.

        The teacher hears the same batches as the student, normalised by the
        student's statistics: the channel of the emotional corpus, not of the
        teacher's. `transfer.weight` 0 trains without a teacher. With `start`, the
        weights begin as those of the student there.
        """
        keras.utils.set_random_seed(config.seed)
        settings = config.student_training
        front_end = make_front_end(config.features)
        emotional = emotion_batches(
            train, classes, front_end, config, run, progress, training=True
        )
        run.write_json("statistics.json", fit_statistics(front_end, emotional.store))
        judging = validation_batcher(
            validation, classes, front_end, config, run, progress
        )

        with current_strategy().scope():
            model = make_network(config, len(classes), front_end)
            if start is not None:
                start_student(model, classes, start)
            speakers = emotional.store.speaker_ids.max() + 1
            trainer = make_trainer(model, teacher, config, int(speakers))
        record = fit_replicas(
            trainer,
            *batches_with_maps(emotional, judging, trainer, config, run),
            settings,
            run.path,
            kept_epoch(model, settings, run, loss="val_emotion_loss"),
            callbacks=_annealing(config),
        )
        if config.student.statistics_weight:
            with current_strategy().scope():
                model = with_statistics_judge(
                    model, emotional, config.student, settings.batch_size
                )
        run.write_json("labels.json", list(classes))
        run.write_json("selected.json", record)
        save_model(model, run.path / "student.keras")
        student = cls(model, classes, front_end, config)
        if config.student.posterior_normalization == "none":
            return student
        alone = for_judging(student, cls._load_alone, run)
        center = mean_log_posterior(alone.posteriors_alone(train, run))
        run.write_json(_CENTER, center.tolist())
        return dataclasses.replace(student, center=center)

    @classmethod
    def load(cls, run: RunDirectory) -> Student:
        """Student of a finished run.

        Raises:
            ArtifactError: if the run holds no trained student.
        """
        student = cls._load_alone(run)
        if student.config.student.posterior_normalization == "none":
            return student
        return dataclasses.replace(student, center=np.asarray(run.read_json(_CENTER)))

    @classmethod
    def _load_alone(cls, run):
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

    def posteriors(
        self, manifest: Manifest, run: RunDirectory, enrolled: Manifest | None = None
    ) -> np.ndarray:
        posteriors = self.posteriors_alone(manifest, run, enrolled)
        if self.center is None:
            return posteriors
        known = None
        if enrolled is not None:
            known = self.posteriors_alone(enrolled, run), whose(enrolled)
        return centred_by_speaker(posteriors, whose(manifest), self.center, known)

    def posteriors_alone(
        self, manifest: Manifest, run: RunDirectory, enrolled: Manifest | None = None
    ) -> np.ndarray:
        """Posteriors that know of no other utterance, beyond what `features` do."""
        batcher = emotion_batches(
            manifest, None, self.front_end, self.config, run, enrolled=enrolled
        )
        batches, order = batcher.evaluation(self.config.student_training.batch_size)
        posteriors = np.empty((len(manifest), len(self.classes)), "float32")
        posteriors[order] = self.model.predict(batches.map(lambda x, *_: x), verbose=0)
        return posteriors

    @property
    def num_parameters(self) -> int:
        return self.model.count_params()


def make_network(
    config: ExperimentConfig, num_classes: int, front_end: FrontEnd
) -> keras.Model:
    """Network of the recipe's system with fresh weights."""
    sizes = {"bands": front_end.num_bands, "channels": front_end.num_channels}
    with policy_scope(config.student_training):
        if config.system.name == "satn":
            if config.student.stream_join != "early":
                sizes["stream_bands"] = front_end.stream_bands
            return build_student(num_classes, config.student, seed=config.seed, **sizes)
        return build_network(config.system, num_classes, seed=config.seed, **sizes)


def make_trainer(
    model: keras.Model,
    teacher: keras.Model | None,
    config: ExperimentConfig,
    num_speakers: int = 0,
) -> AttentionTransfer:
    """Compiled trainer of `model`, begun from and copying `teacher` as asked.

    `num_speakers` is of the training part, for an adversary.

    Raises:
        ConfigError: if the recipe's `transfer` does not fit the two models, or an
            adversary has fewer than two speakers to tell apart.
    """
    adversary = _adversary(model, config, num_speakers)
    try:
        if config.transfer.initialization == "teacher":
            initialize_from_teacher(model, teacher)
        trainer = AttentionTransfer.from_config_values(
            model, teacher, config.transfer, seed=config.seed, adversary=adversary
        )
    except ValueError as error:
        raise ConfigError(f"transfer: {error}") from error
    settings = config.student_training
    trainer.compile(
        make_optimizer(settings),
        loss=emotion_loss(settings),
        metrics=[UnweightedAccuracy(model.output_shape[-1])],
        jit_compile=settings.jit and serve_by_xla(trainer.called_models),
    )
    return trainer


def _adversary(model, config, num_speakers) -> keras.Model | None:
    settings = config.student_training
    if not settings.adversarial_weight:
        return None
    if num_speakers < 2:
        raise ConfigError(
            f"student_training.adversarial_weight: {settings.adversarial_weight} needs "
            f"two or more speakers to train on, here {num_speakers}. Set it to 0."
        )
    return speaker_adversary(
        model,
        num_speakers,
        settings.adversarial_weight,
        settings.adversarial_units,
        config.seed,
    )


def _annealing(config) -> list[Annealing]:
    transfer = config.transfer
    if transfer.annealing == "none":
        return []
    epochs = transfer.annealed_epochs or config.student_training.epochs
    return [Annealing(transfer.annealing, transfer.annealing_direction, epochs)]

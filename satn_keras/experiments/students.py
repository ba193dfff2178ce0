"""Training and storing of the emotion recognisers that are one network."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.distribution import current_strategy
from satn_keras.errors import ArtifactError
from satn_keras.experiments.emotion_batches import emotion_batches, validation_batcher
from satn_keras.experiments.features import fit_statistics, make_front_end
from satn_keras.experiments.kept_epoch import kept_epoch
from satn_keras.experiments.posteriors_by_speaker import (
    centred_by_speaker,
    mean_log_posterior,
    whose,
)
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import save_model
from satn_keras.experiments.statistics_judge import with_statistics_judge
from satn_keras.experiments.student_start import start_student
from satn_keras.experiments.student_trainer import (
    annealing_of,
    make_network,
    make_trainer,
)
from satn_keras.experiments.systems.system import System
from satn_keras.experiments.teacher_maps import batches_with_maps
from satn_keras.experiments.together import for_judging
from satn_keras.features import FrontEnd

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
        known = emotional.store, emotional.speaker_statistics
        run.write_json("statistics.json", fit_statistics(front_end, *known))
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
            callbacks=annealing_of(config),
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
        relevance = self.config.student.posterior_relevance
        return centred_by_speaker(
            posteriors, whose(manifest), self.center, known, relevance
        )

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


def trained_student(
    run: RunDirectory, config: ExperimentConfig, train: Manifest
) -> Student:
    """Student of a run by another recipe, changed where no weight hears of it.

    `center` stays the run's: of the many utterances of a training speaker a prior is
    a small part.

    Args:
        run: folder of the training.
        config: recipe that leaves the network as it is; it may ask for a prior of
            speakers.
        train: the run's training part, which the prior is of.
    """
    student = Student.load(run)
    front_end = student.front_end
    if config.features != run.config.features:
        front_end = make_front_end(config.features)
        heard = emotion_batches(
            train, student.classes, front_end, config, run, training=True
        )
        fit_statistics(front_end, heard.store, heard.speaker_statistics)
    return dataclasses.replace(student, front_end=front_end, config=config)

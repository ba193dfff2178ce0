"""What the two systems share that end in an extreme learning machine."""

from __future__ import annotations

import abc
import dataclasses

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.distribution import (
    ReplicaModel,
    current_strategy,
    serve_by_xla,
)
from satn_keras.errors import ArtifactError
from satn_keras.experiments.emotion_batches import balanced_weights
from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
)
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.kept_epoch import kept_epoch
from satn_keras.experiments.part_store import part_store
from satn_keras.experiments.precision import policy_scope
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import save_model
from satn_keras.experiments.systems.elm_accuracy import (
    Part,
    SystemAccuracy,
    fit_stage,
)
from satn_keras.experiments.systems.elm_stage import ElmStage
from satn_keras.experiments.systems.system import System
from satn_keras.features import FrontEnd
from satn_keras.pipelines import FeatureStore


@dataclasses.dataclass(frozen=True)
class NetworkElm(System):
    """Network over frames or segments, statistics, extreme learning machine.

    The epoch is chosen on the validation part, by what `student_training.selection`
    says: "ua", the unweighted accuracy of the whole system, with a machine fitted
    anew after each epoch; "loss", the network's; or "last", without a choice. The
    sharpness of the posterior is that of the validation part, which every selection
    therefore needs. The machine is fitted to the training part's statistics under
    the network of that epoch.

    Attributes:
        network: keeps the weights of the best epoch.
        stage: machine and sharpness.
        classes: emotions in the order of the posterior.
        front_end: its features, with the training part's statistics.
        config: the recipe it was trained by.
    """

    network: keras.Model
    stage: ElmStage
    classes: tuple[str, ...]
    front_end: FrontEnd
    config: ExperimentConfig

    @classmethod
    @abc.abstractmethod
    def make_part(
        cls, store: FeatureStore, labels, front_end, config, class_weights=None
    ) -> Part:
        """Part of the data; `class_weights` of its training batches."""

    @classmethod
    @abc.abstractmethod
    def make_network(cls, num_classes: int, front_end, config) -> keras.Model:
        """Untrained network."""

    @classmethod
    @abc.abstractmethod
    def make_loss(cls) -> keras.losses.Loss:
        """What the network is trained by."""

    @classmethod
    @abc.abstractmethod
    def check(cls, config: ExperimentConfig) -> None:
        """Refuse settings that this system cannot follow.

        Raises:
            ConfigError: naming the key.
        """

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
    ) -> NetworkElm:
        cls.check(config)
        keras.utils.set_random_seed(config.seed)
        settings = config.student_training
        front_end = make_front_end(config.features)
        heard = cls._part(
            train, classes, front_end, config, run, progress, training=True
        )
        run.write_json("statistics.json", fit_statistics(front_end, heard.store))
        held_out = cls._part(validation, classes, front_end, config, run, progress)

        with current_strategy().scope():
            with policy_scope(settings):
                network = cls.make_network(len(classes), front_end, config)
            learner = cls._learner(network, settings)
        by_ua = settings.selection == "ua"
        record = fit_replicas(
            learner,
            heard.training(),
            held_out.evaluation(),
            settings,
            run.path,
            kept_epoch(network, settings, run),
            [SystemAccuracy(network, heard, held_out, config, classes)]
            if by_ua
            else [],
        )
        stage = fit_stage(network, heard, config, len(classes))
        stage = stage.calibrated(held_out.statistics(network), held_out.labels)
        run.write_json("labels.json", list(classes))
        run.write_json("selected.json", {**record, "sharpness": stage.sharpness})
        stage.save(run)
        save_model(network, run.path / "network.keras")
        return cls(network, stage, classes, front_end, config)

    @classmethod
    def load(cls, run: RunDirectory) -> NetworkElm:
        path = run.path / "network.keras"
        if not path.exists():
            raise ArtifactError(
                f"{path}: no trained network here. Train one with `satn train RECIPE`."
            )
        config = run.config
        front_end = make_front_end(config.features, run.read_json("statistics.json"))
        stage = ElmStage.load(run)
        classes = tuple(run.read_json("labels.json"))
        return cls(run.read_model(path.name), stage, classes, front_end, config)

    def posteriors(self, manifest: Manifest, run: RunDirectory) -> np.ndarray:
        part = self._part(manifest, None, self.front_end, self.config, run)
        return self.stage.posteriors(part.statistics(self.network))

    @property
    def num_parameters(self) -> int:
        return self.network.count_params() + self.stage.machine.num_parameters

    @classmethod
    def _learner(cls, network, settings) -> ReplicaModel:
        loss = cls.make_loss()
        learner = ReplicaModel.of(network)
        learner.compile(
            make_optimizer(settings),
            loss=loss,
            jit_compile=settings.jit and serve_by_xla([network], [loss]),
        )
        return learner

    @classmethod
    def _part(
        cls, manifest, classes, front_end, config, run, progress=None, training=False
    ):
        """Part of the data; without `classes` the labels are not looked at."""
        settings = config.student_training
        labels = np.zeros(len(manifest), "int32")
        if classes is not None:
            labels = class_indices(manifest, classes)
        weights = None
        if training and settings.class_weights == "balanced":
            weights = balanced_weights(labels, len(classes))
        store = part_store(
            manifest, front_end, settings, config.seed, run, progress, training
        )
        return cls.make_part(store, labels, front_end, config, weights)

"""What is trained on several replicas: a model that learns, and its rows."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np

from satn_keras import models
from satn_keras.config import ExperimentConfig, systems
from satn_keras.distribution import ReplicaModel
from satn_keras.experiments.learner import make_learner
from satn_keras.experiments.student_trainer import make_trainer
from satn_keras.metrics import UnweightedAccuracy
from satn_keras.transfer import AttentionTransfer, speaker_adversary
from tests.transfer.small_models import (
    BANDS,
    CLASSES,
    FRAMES,
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)

TOKENS, STEPS, SPEAKERS = 11, 5, 3
TEACHER = {
    "teacher": {
        "num_levels": 2,
        "filters": 7,
        "attention_units": 7,
        "decoder_units": 5,
        "embedding_units": 3,
        "alignment_units": 2,
        "location_filters": 3,
        "memory_stride": 2,
        "dropout": 0.0,
    },
    "teacher_training": {
        "learning_rate": 0.01,
        "guided_attention_weight": 0.5,
        "label_smoothing": 0.1,
    },
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One training.

    Attributes:
        build: from the number of replicas to the compiled model.
        training: inputs, targets and perhaps weights of all rows.
        validation: likewise; none where it takes long to trace and adds little.
        predicts: whether its predictions are compared as well.
    """

    build: Callable
    training: tuple
    validation: tuple | None = None
    predicts: bool = False


def student_case(rows, weight, control="none"):
    """Student of a recogniser, with sample weights and a regulariser."""

    def build(replicas):
        student = small_encoder("student", seed=3)
        student.get_layer("level_1").kernel_regularizer = keras.regularizers.L2(0.01)
        # Shares of two rows each are always swapped.
        here = "other_utterance" if (control, replicas) == ("shuffled", 1) else control
        trainer = AttentionTransfer(
            student, small_recognizer(seed=5), weight=weight, control=here
        )
        trainer.compile(
            keras.optimizers.SGD(0.05, momentum=0.9),
            cross_entropy(),
            metrics=[UnweightedAccuracy(CLASSES)],
            weighted_metrics=[UnweightedAccuracy(CLASSES, name="weighted_ua")],
        )
        return trainer

    x, y = batch(rows)
    if control != "none":
        neighbours = np.arange(rows) ^ 1  # 0 and 1 hear each other, 2 and 3, ...
        x |= {f"partner_{name}": value[neighbours] for name, value in x.items()}
    weights = np.linspace(0.5, 2.0, rows).astype("float32")
    return Case(build, (x, y, weights), batch(rows, seed=1), predicts=True)


def regularised_case(rows):
    """Student with smoothed labels, decaying and averaged weights."""
    settings = {"label_smoothing": 0.2, "weight_decay": 0.5, "weight_averaging": 0.8}
    config = ExperimentConfig.model_validate(
        {"student_training": {"learning_rate": 0.01, **settings}}
    )

    def build(replicas):
        del replicas
        student = small_encoder("student", seed=3)
        return make_trainer(student, small_recognizer(seed=5), config)

    weights = np.linspace(0.5, 2.0, rows).astype("float32")
    return Case(build, (*batch(rows), weights), batch(rows, seed=1))


def adversarial_case(rows):
    """Student beside a teacher and against a classifier of three speakers."""

    def build(replicas):
        del replicas
        student = small_encoder("student", seed=3)
        adversary = speaker_adversary(student, SPEAKERS, 0.7, units=5, seed=2)
        trainer = AttentionTransfer(
            student, small_recognizer(seed=5), 0.5, adversary=adversary
        )
        trainer.compile(keras.optimizers.SGD(0.05, momentum=0.9), cross_entropy())
        return trainer

    x, y = batch(rows)
    speakers = np.eye(SPEAKERS, dtype="float32")[np.arange(rows) % SPEAKERS]
    weights = np.linspace(0.5, 2.0, rows).astype("float32")
    return Case(build, (x | {"speaker": speakers}, y, weights), batch(rows, seed=1))


def teacher_case(rows):
    """Recogniser with its three losses, whose utterances differ in length."""

    def build(replicas):
        del replicas
        keras.utils.set_random_seed(1)
        config = ExperimentConfig.model_validate(TEACHER)
        model = models.build_teacher(TOKENS, config.teacher, bands=BANDS, seed=1)
        return make_learner(model, config)

    return Case(build, _spoken(rows, 0))


def state_network_case(rows):
    """Network of the DNN-HMM: each true frame of the batch counts the same."""

    def build(replicas):
        del replicas
        sizes = systems.DnnHmm(name="dnn_hmm", context_frames=3, num_layers=1, units=7)
        network = models.build_state_network(6, sizes, bands=BANDS, seed=1)
        learner = ReplicaModel.of(network)
        loss = keras.losses.SparseCategoricalCrossentropy(
            reduction="mean_with_sample_weight"
        )
        learner.compile(keras.optimizers.SGD(0.5), loss, weighted_metrics=["accuracy"])
        return learner

    return Case(build, _aligned(rows, 0), _aligned(rows, 1))


def sequence_network_case(rows):
    """BLSTM of the RNN-ELM with its loss over whole utterances."""

    def build(replicas):
        del replicas
        sizes = systems.RnnElm(name="rnn_elm", lstm_units=3, num_layers=1)
        network = models.build_sequence_network(
            CLASSES, sizes, bands=BANDS, channels=3, seed=1
        )
        learner = ReplicaModel.of(network)
        learner.compile(keras.optimizers.SGD(0.01), models.NullClassLoss())
        return learner

    return Case(build, _voiced(rows, 0))


def _spoken(rows, seed):
    x, _ = batch(rows, seed)
    rng = np.random.default_rng(seed)
    steps = rng.integers(2, STEPS + 1, rows)
    real = np.arange(STEPS) < steps[:, None]
    tokens = (rng.integers(3, TOKENS, (rows, STEPS)) * real).astype("int32")
    frames = x["mask"].sum(axis=1)
    share = np.stack([steps, frames / FRAMES], axis=1).astype("float32")
    before = np.roll(tokens, 1, axis=1)
    truth = {"tokens": tokens, "ctc": tokens[:, :2], "alignment": share}
    return {**x, "tokens": before}, truth


def _aligned(rows, seed):
    x, y = batch(rows, seed)
    states = (y[:, None] + np.arange(FRAMES)) % 6
    return x, states.astype("int32"), x["mask"].astype("float32")


def _voiced(rows, seed):
    x, y = batch(rows, seed)
    return x, np.where(x["mask"], y[:, None] + 1, -1).astype("int32")


CASES = {
    # 4, 4 and 3 rows: two replicas have two and one, of four one has none.
    "student": student_case(11, 1.0),
    # 4, 4 and 1: all replicas but one have none.
    "student_alone": student_case(9, 0.0),
    "partners": student_case(12, 1.0, "other_utterance"),
    "adversarial": adversarial_case(11),
    "shuffled": student_case(12, 1.0, "shuffled"),
    "teacher": teacher_case(7),
    "regularised": regularised_case(11),
    "state_network": state_network_case(7),
    "sequence_network": sequence_network_case(5),
}

"""A recipe's network in the trainer by which it learns and copies."""

from __future__ import annotations

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import serve_by_xla
from satn_keras.errors import ConfigError
from satn_keras.experiments.emotion_crossentropy import emotion_loss
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.experiments.precision import policy_scope
from satn_keras.features import FrontEnd
from satn_keras.metrics import UnweightedAccuracy
from satn_keras.models import build_network, build_student
from satn_keras.transfer import (
    Annealing,
    AttentionTransfer,
    initialize_from_teacher,
    speaker_adversary,
)


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


def annealing_of(config) -> list[Annealing]:
    """Callback by which the transfer weight changes; none where it stays."""
    transfer = config.transfer
    if transfer.annealing == "none":
        return []
    epochs = transfer.annealed_epochs or config.student_training.epochs
    return [Annealing(transfer.annealing, transfer.annealing_direction, epochs)]

"""Teacher as it learns: the outputs that a recipe gives a loss, compiled."""

from __future__ import annotations

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.models import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
)


def make_learner(model: keras.Model, config: ExperimentConfig) -> keras.Model:
    """Compiled model over the outputs that carry a loss; the layers are `model`'s."""
    settings = config.teacher_training
    losses = {"tokens": TokenCrossentropy(settings.label_smoothing)}
    weights = {"tokens": 1 - settings.ctc_weight}
    if settings.ctc_weight:
        losses["ctc"] = TokenCTC()
        weights["ctc"] = settings.ctc_weight
    if settings.guided_attention_weight:
        losses["alignment"] = GuidedAttention(settings.guided_attention_width)
        weights["alignment"] = settings.guided_attention_weight
    learner = keras.Model(
        model.input, {name: model.output[name] for name in losses}, name="learner"
    )
    learner.compile(
        make_optimizer(settings),
        loss=losses,
        loss_weights=weights,
        metrics={"tokens": [TokenAccuracy()]},
        jit_compile=False,  # XLA would compile anew for each length of a batch
    )
    return learner

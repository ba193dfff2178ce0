"""Teacher as it learns: the outputs that a recipe gives a loss, compiled."""

from __future__ import annotations

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.distribution import ReplicaModel, compile_call, is_part_for_xla
from satn_keras.experiments.fitting import make_optimizer
from satn_keras.models import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
)


def make_learner(model: keras.Model, config: ExperimentConfig) -> ReplicaModel:
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
    outputs = _outputs_by_xla(model) if settings.jit else model.output
    learner = ReplicaModel(
        model.input, {name: outputs[name] for name in losses}, name="learner"
    )
    learner.compile(
        make_optimizer(settings),
        loss=losses,
        loss_weights=weights,
        metrics={"tokens": [TokenAccuracy()]},
        jit_compile=False,  # which the decoder's loop does not allow
    )
    learner.make_loss_metrics()
    return learner


def _outputs_by_xla(model):
    """Outputs of the teacher, of which XLA runs the encoder and the CTC head.

    The decoder's loop stays outside, and of a BLSTM encoder the BLSTM.
    """
    heard = {name: model.input[name] for name in ("features", "mask")}
    encoded = [*model.get_layer("memory").output, model.output["ctc"]]
    encoder = keras.Model(heard, encoded, name="encoder")
    if not is_part_for_xla(encoder):
        level, mask = model.get_layer("level_1").output, heard["mask"]
        encoder = keras.Model([level, mask], encoded, name="encoder")
        heard = [keras.ops.copy(level), mask]  # without the mask of Keras's own
    compile_call(encoder)
    memory, mask, ctc = encoder(heard)
    decoder = model.get_layer("decoder")
    logits, alignment = decoder(memory, model.input["tokens"], mask=mask)
    return {"tokens": logits, "ctc": ctc, "alignment": alignment}

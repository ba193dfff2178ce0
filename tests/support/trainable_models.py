"""Every network that a recipe can train, by its descriptor."""

import functools

import keras

from satn_keras import models
from satn_keras.config import systems
from tests.models.small_models import (
    BANDS,
    BATCH,
    CLASSES,
    FRAMES,
    MODELS,
    STEPS,
    call_model,
    small_student,
    small_teacher,
    token_ids,
)
from tests.support.contracts import Contract
from tests.support.layer_contracts import numbers

SEGMENT = 5  # frames


def _student(name, **changes):
    return Contract(
        name,
        lambda: small_student(**changes),
        {"features": numbers(BATCH, FRAMES, BANDS, 3)},
        {"features": (1,)},
        ((),),
        call=call_model,
    )


def _small_segment_network():
    config = systems.DnnElm(
        name="dnn_elm", segment_frames=SEGMENT, num_layers=2, units=7
    )
    return models.build_segment_network(CLASSES, config, bands=BANDS, seed=1)


# The other encoder of student and teacher, and what takes single segments.
OTHERS = (
    _student("blstm_student", encoder="blstm", lstm_units=7),
    _student("blstm_student_with_soft_attention", encoder="blstm", attention="soft"),
    Contract(
        "blstm_teacher",
        lambda: small_teacher(encoder="blstm", lstm_units=7),
        {
            "features": numbers(BATCH, FRAMES, BANDS, 3),
            "tokens": token_ids(BATCH, STEPS),
        },
        {"features": (1,), "tokens": ()},
        ((2,), (1,), ()),
        call=call_model,
    ),
    Contract(
        "segment_network",
        _small_segment_network,
        {"segment": numbers(3, SEGMENT, BANDS, 2)},
        {"segment": ()},
        ((),),
        call=lambda model, arguments, mask: model(arguments["segment"]),
    ),
)
TRAINABLE = MODELS + OTHERS


def without_dropout(model):
    """The model with every rate 0: XLA draws other numbers than TensorFlow."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    return model


def in_training(contract, model, arguments=None):
    """Outputs of a call as in training, a list of tensors."""
    arguments = contract.arguments if arguments is None else arguments
    call = functools.partial(model, training=True)
    return keras.tree.flatten(contract.call(call, arguments, None))

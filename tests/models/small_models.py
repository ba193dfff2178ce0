"""Descriptors of the package's models and their layers; sizes are distinct primes."""

import collections
import itertools

import keras
import numpy as np

from satn_keras import models
from satn_keras.config import StudentConfig, TeacherConfig, systems
from satn_keras.models.blank_padding import BlankPadding
from tests.models import small_networks
from tests.support.contracts import Contract
from tests.support.layer_contracts import numbers

BATCH, FRAMES, BANDS, CLASSES, TOKENS, STEPS = 2, 17, 5, 3, 11, 4
CHANNELS, UNITS = 7, 13
STREAMS = (2, 3)  # bands of each
SIZES = {"num_levels": 2, "filters": CHANNELS, "attention_units": UNITS}
VOICED = np.array([[0] + 9 * [1] + [0] + 6 * [1], 13 * [3] + 4 * [-1]])


def small_student(**changes):
    return models.build_student(
        CLASSES,
        StudentConfig(**{**SIZES, **changes}),
        bands=BANDS,
        seed=1,
        stream_bands=STREAMS,
    )


def small_teacher(num_tokens=TOKENS, sampling=0.0, **changes):
    sizes = {"decoder_units": 5, "embedding_units": 3, "alignment_units": 2}
    sizes["location_filters"] = 3
    config = TeacherConfig(**{**SIZES, **sizes, "num_levels": 3, **changes})
    teacher = models.build_teacher(
        num_tokens, config, bands=BANDS, sampling=sampling, seed=1
    )
    if config.residual_attention:  # a shut gate would hide the attention
        teacher.get_layer("memory_sum").gate.assign(0.7)
    return teacher


def small_sequence_network():
    config = systems.RnnElm(name="rnn_elm", lstm_units=7, dropout=0.1)
    return models.build_sequence_network(
        CLASSES, config, bands=BANDS, channels=2, seed=1
    )


def open_gate():
    gate = models.GatedSum(name="sum")
    gate.build([(None, None, CHANNELS)] * 2)
    gate.gate.assign(0.7)
    return gate


def small_decoder(**changes):
    sizes = {"units": 5, "embedding_units": 3, "alignment_units": 2}
    query = {"query_token": True, "location_filters": 3, "location_width": 5}
    options = {**sizes, **query, "name": "decoder", **changes}
    return models.SpeechDecoder(TOKENS, **options)


def small_state_network():
    config = systems.DnnHmm(name="dnn_hmm", context_frames=5, num_layers=2, units=7)
    return models.build_state_network(CLASSES * 2, config, bands=BANDS, seed=1)


def louder(model, factor):
    """The model with larger weights, so that its outputs differ from each other."""
    for weight in model.weights:
        weight.assign(weight * factor)
    return model


def token_ids(*shape):
    """Ids of spoken tokens, the same for the same shape."""
    return np.random.default_rng(shape).integers(3, TOKENS, shape).astype("int32")


def log_softmax(logits):
    """Logarithm of the softmax over the last axis, in float64."""
    logits = np.asarray(logits, "float64")
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def ctc_costs(logits):
    """CTC cost of every possible target, by adding up every path that says it.

    Graves et al. 2006, eq. 3; logits are (frames, tokens), and token 0 is blank.
    """
    log_probabilities = log_softmax(logits)
    frames, tokens = log_probabilities.shape
    shares = collections.Counter()
    for path in itertools.product(range(tokens), repeat=frames):
        target = tuple(token for token, _ in itertools.groupby(path) if token)
        shares[target] += np.exp(log_probabilities[range(frames), path].sum())
    return {target: -np.log(share) for target, share in shares.items()}


def call_model(model, arguments, mask=None):
    """Call of a model whose frames are all true where no mask is given."""
    if mask is None:
        ones = np if isinstance(arguments["features"], np.ndarray) else keras.ops
        mask = ones.ones_like(arguments["features"][..., 0, 0], dtype="bool")
    return model({**arguments, "mask": mask})


def _over_frames(name, make, *output_frame_axes):
    return Contract(
        name,
        make,
        {"inputs": numbers(BATCH, FRAMES, CHANNELS)},
        {"inputs": (1,)},
        output_frame_axes,
    )


def _student(name, learning_rate=0.02, **changes):
    return Contract(
        name,
        lambda: small_student(**changes),
        {"features": numbers(BATCH, FRAMES, BANDS, 3)},
        {"features": (1,)},
        ((),),
        call=call_model,
        learning_rate=learning_rate,
    )


def _network(name):
    return Contract(
        name,
        lambda: small_networks.small_network(name),
        {"features": small_networks.features(name)},
        {"features": (1,)},
        ((),),
        call=call_model,
    )


def _convolutions(name, make, *bands):
    return Contract(
        name,
        lambda: small_networks.stirred(_built(make(), bands)),
        {"inputs": numbers(BATCH, FRAMES, *bands, CHANNELS)},
        {"inputs": (1,)},
        ((1,), (1,)),
    )


def _built(layer, bands):
    layer.build((None, None, *bands, CHANNELS))
    layer.built = True
    return layer


def _of_streams(name, make):
    return Contract(
        name,
        make,
        {"inputs": numbers(BATCH, FRAMES, BANDS, 3)},
        {"inputs": (1,)},
        ((1,),),
        call=lambda layer, arguments, mask: layer(arguments["inputs"]),
    )


LAYERS = (
    _of_streams(
        "gated_streams", lambda: models.GatedStreams(STREAMS, UNITS, name="streams")
    ),
    _of_streams("stream_bands", lambda: models.StreamBands(1, 4, name="bands")),
    _over_frames("mean", lambda: models.MaskedPooling(name="pooling"), ()),
    _over_frames(
        "mean_and_deviation",
        lambda: models.MaskedPooling("mean_deviation", name="pooling"),
        (),
    ),
    _over_frames(
        "attentive_statistics",
        lambda: models.AttentiveStatistics(2, units=3, name="pooling"),
        (),
    ),
    _over_frames("memory", lambda: models.FramePooling(3, name="memory"), (1,), (1,)),
    _over_frames("ctc", lambda: BlankPadding(name="ctc"), (1,)),
    _over_frames("context", lambda: models.ContextFrames(4, name="context"), (1,)),
    _convolutions(
        "temporal_convolution",
        lambda: models.ConvolutionBlock(UNITS, (4,), seed=1, name="block"),
    ),
    _convolutions(
        "valid_convolution_and_pool",
        lambda: models.ConvolutionBlock(
            3,
            (5, 2),
            padding="valid",
            pool_size=(2, 3),
            negative_slope=0.1,
            initial_bias=0.2,
            dropout=0.1,
            seed=1,
            name="block",
        ),
        11,
    ),
    Contract(
        "gated_sum",
        open_gate,
        {"x": numbers(BATCH, FRAMES, CHANNELS), "z": numbers(1 + BATCH, FRAMES, 7)[1:]},
        {"x": (1,), "z": (1,)},
        ((1,),),
        call=lambda layer, arguments, mask: layer([arguments["x"], arguments["z"]]),
    ),
    Contract(
        "decoder",
        lambda: small_decoder(dropout=0.1, sampling=0.5, seed=1),
        {"memory": numbers(BATCH, FRAMES, CHANNELS), "tokens": token_ids(BATCH, STEPS)},
        {"memory": (1,), "tokens": ()},
        ((), (2,)),
    ),
)
MODELS = (
    _student("student"),
    _student(
        "student_with_causal_heads_and_attentive_pooling",
        pooling="attention",
        causal_attention=True,
        attention_units=2 * UNITS,
        attention_heads=2,
        weight_normalization=False,
    ),
    _student(
        "student_for_strangers",
        learning_rate=0.002,  # its posterior hangs on several hundred numbers
        pooling="attentive_statistics",
        pooling_heads=1,
        convolutions=1,
        level_activation="linear",
        weight_normalization=False,
        batch_normalization=True,
        pooled_dropout=0.1,
    ),
    _student("student_with_soft_attention", attention="soft"),
    _student("student_that_attends_nearby", attention_reach=3),
    _student("student_that_attends_in_chunks", attention_chunk=5),
    _student("student_with_gated_streams", stream_join="gated"),
    _student("student_with_streams_joined_late", stream_join="late"),
    *(_network(name) for name in small_networks.SMALL),
    Contract(
        "state_network",
        small_state_network,
        {"features": numbers(BATCH, FRAMES, BANDS, 3)},
        {"features": (1,)},
        ((1,),),
        call=call_model,
    ),
    Contract(
        "sequence_network",
        small_sequence_network,
        {"features": numbers(BATCH, FRAMES, BANDS, 2)},
        {"features": (1,)},
        ((1,),),
        call=call_model,
        loss=lambda outputs: models.NullClassLoss()(VOICED, outputs[0]),
    ),
    Contract(
        "teacher",
        small_teacher,
        {
            "features": numbers(BATCH, FRAMES, BANDS, 3),
            "tokens": token_ids(BATCH, STEPS),
        },
        {"features": (1,), "tokens": ()},
        ((2,), (1,), ()),  # alignment, ctc, tokens
        call=call_model,
    ),
)

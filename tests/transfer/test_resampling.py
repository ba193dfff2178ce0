"""A teacher with fewer frames teaches through interpolation, in a graph as well."""

import keras
import numpy as np
import tensorflow as tf

from satn_keras.models import FramePooling
from satn_keras.transfer import AttentionTransfer
from tests.transfer.small_models import BANDS, CLASSES, small_encoder


def strided_teacher():
    """Teacher whose `memory` holds one frame for three."""
    encoder = small_encoder("encoder", seed=2)
    level = encoder.get_layer("level_2").output
    memory, _ = FramePooling(3, name="memory")(level, mask=encoder.input["mask"])
    return keras.Model(encoder.input, memory, name="teacher")


def batches():
    """Ragged lengths, so that no frame axis is known in the graph."""
    rng = np.random.default_rng(3)

    def utterances():
        for length in (12, 9, 6, 12, 3, 9):
            yield (
                {
                    "features": rng.normal(size=(length, BANDS, 3)).astype("float32"),
                    "mask": np.ones(length, bool),
                },
                rng.integers(CLASSES),
            )

    spec = {
        "features": tf.TensorSpec((None, BANDS, 3)),
        "mask": tf.TensorSpec((None,), tf.bool),
    }
    dataset = tf.data.Dataset.from_generator(
        utterances, output_signature=(spec, tf.TensorSpec((), tf.int64))
    )
    known = tf.data.experimental.assert_cardinality(2)  # else Keras warns
    return dataset.padded_batch(3).cache().apply(known)


def test_a_pair_of_other_frame_rates_trains_in_a_graph_of_unknown_lengths():
    student = small_encoder("student")
    trainer = AttentionTransfer(
        student, strided_teacher(), pairs=[("level_2", "memory")]
    )
    trainer.compile(
        keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy()
    )
    logs = trainer.fit(batches(), epochs=8, shuffle=False, verbose=0).history
    assert logs["transfer_loss"][-1] < logs["transfer_loss"][0]


def test_padding_leaves_the_resampled_distance_alone():
    student, teacher = small_encoder("student"), strided_teacher()
    trainer = AttentionTransfer(student, teacher, pairs=[("level_2", "memory")])
    trainer.compile("sgd", keras.losses.SparseCategoricalCrossentropy())
    rng = np.random.default_rng(4)
    features = rng.normal(size=(1, 12, BANDS, 3)).astype("float32")
    alone = {"features": features, "mask": np.ones((1, 12), bool)}
    padded = {
        "features": np.pad(features, [(0, 0), (0, 9), (0, 0), (0, 0)]),
        "mask": np.arange(21)[None] < 12,
    }
    label = np.zeros(1, "int64")
    losses = [
        trainer.evaluate(x, label, verbose=0, return_dict=True)["transfer_loss"]
        for x in (alone, padded)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    assert losses[0] > 0.01

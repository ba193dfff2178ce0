"""Tiny students and teachers with the layer names that transfer looks for."""

import keras
import numpy as np

from satn_keras.layers import SelfAttention

FRAMES, BANDS, CLASSES = 11, 5, 3


class Passage(keras.layers.Layer):
    """Identity that counts how often it is run eagerly."""

    passages = 0
    trainings = ()

    def call(self, inputs, training=None):
        self.passages += 1
        self.trainings = (*self.trainings, training)
        return inputs


def small_inputs():
    return {
        "features": keras.Input((None, BANDS, 3), name="features"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }


def small_encoder(
    name,
    levels=2,
    filters=7,
    dropout=0.0,
    normalize=False,
    passage=None,
    seed=1,
    dtype=None,
):
    """Dense levels, self-attention, mean over true frames, posterior."""
    inputs = small_inputs()
    keras.utils.set_random_seed(seed)
    x = keras.layers.Reshape((-1, BANDS * 3), dtype=dtype)(inputs["features"])
    if passage is not None:
        x = passage(x)
    for level in range(1, levels + 1):
        if normalize:
            x = keras.layers.BatchNormalization(dtype=dtype)(x)
        if dropout:
            x = keras.layers.Dropout(dropout, seed=seed + level, dtype=dtype)(x)
        x = keras.layers.Dense(
            filters, activation="relu", name=f"level_{level}", dtype=dtype
        )(x)
    context, _ = SelfAttention(filters, name="self_attention", dtype=dtype)(
        x, mask=inputs["mask"]
    )
    pooled = keras.layers.GlobalAveragePooling1D(dtype=dtype)(context)
    posterior = keras.layers.Dense(
        CLASSES, activation="softmax", name="posterior", dtype="float32"
    )(pooled)
    return keras.Model(inputs, posterior, name=name)


def small_recognizer(name="teacher", **kwargs):
    """Encoder beside a decoder over tokens that only a recogniser has."""
    encoder = small_encoder(name, **kwargs)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    embedded = keras.layers.Embedding(13, CLASSES, name="embedding")(tokens)
    pooled = keras.layers.GlobalAveragePooling1D(name="decoder")(embedded)
    logits = keras.layers.Add(name="logits")([pooled, encoder.output])
    return keras.Model({**encoder.input, "tokens": tokens}, logits, name=name)


def batch(rows=5, seed=0):
    """Features, mask of utterances of different length, and labels."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, FRAMES + 1, rows)
    mask = np.arange(FRAMES) < lengths[:, None]
    features = rng.normal(size=(rows, FRAMES, BANDS, 3)) * mask[:, :, None, None]
    labels = rng.integers(0, CLASSES, rows).astype("int32")
    return {"features": features.astype("float32"), "mask": mask}, labels


def cross_entropy():
    return keras.losses.SparseCategoricalCrossentropy()

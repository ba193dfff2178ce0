"""Posterior over time: the network's head on statistics of the frames so far."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.layers import AttentionPooling, BahdanauAttention
from satn_keras.models import AttentiveStatistics, MaskedPooling
from satn_keras.models.attentive_statistics import EPSILON

LEAST = 1e-30  # weight of frames so far; less is nothing
POOLINGS = ("pooling", "attention_pooling")  # names of the layers, by kind of student
HEAD = "posterior"


class PosteriorCourse:
    r"""Posterior of the network alone from the frames up to each frame.

    With the weights $w_t$ that the pooling gives to the frames,

    $$\mu_t = \frac{\sum_{\tau \le t} w_\tau h_\tau}{\sum_{\tau \le t} w_\tau}$$

    and the deviation likewise, the posterior of frame t is what the layers behind the
    pooling make of them; at the last true frame it is the network's posterior, and so
    at the padded frames behind. What comes before the pooling, attention included, has
    heard the whole utterance. A second judge (`statistics_weight`) has no part in it.

    Args:
        model: functional, its pooling named "pooling" or "attention_pooling", its last
            layer "posterior".

    Attributes:
        frames: symbolic tensor that the pooling hears.

    Raises:
        ValueError: if there is no pooling of a known kind, or what follows it hears
            something else besides.
    """

    def __init__(self, model: keras.Model):
        names = {layer.name for layer in model.layers}
        found = [name for name in POOLINGS if name in names]
        if not found or HEAD not in names:
            raise ValueError(f"{model.name} has no pooling that is known by its name.")
        self._pooling = model.get_layer(found[0])
        if _running_statistics(self._pooling) is None:
            raise ValueError(f"{type(self._pooling).__name__} has no course over time.")
        node = node_of(model, found[0])
        self.frames = node.input_tensors[0]
        head = node_of(model, HEAD).output_tensors[0]
        self._head = keras.Model(node.output_tensors[0], head, name="head")

    def __call__(self, frames, mask):
        """Posterior (batch, frames, classes) of `frames` (batch, frames, channels)."""
        pooled = _running_statistics(self._pooling)(self._pooling, frames, mask)
        rows, width = tf.shape(pooled)[:2], pooled.shape[-1]
        posterior = self._head(tf.reshape(pooled, (-1, width)), training=False)
        posterior = tf.cast(posterior, tf.float32)
        shape = tf.concat([rows, [posterior.shape[-1]]], axis=0)
        return tf.reshape(posterior, shape)


def node_of(model: keras.Model, name: str):
    """Place of a layer in the model's graph, with its input and output tensors."""
    # The layer's own list holds calls in other models too.
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            if node.operation.name == name:
                return node
    raise ValueError(f"{model.name} has no layer {name!r}.")


def _running_statistics(layer):
    """Function of layer, frames and mask, or None for an unknown kind."""
    return {
        MaskedPooling: _running_pooling,
        AttentiveStatistics: _running_attentive,
        BahdanauAttention: _running_attention,
        AttentionPooling: _running_attention,
    }.get(type(layer))


def _running_pooling(layer, frames, mask):
    weights = tf.cast(mask, tf.float32)[..., None]
    mean, variance = _running_moments(frames, weights)
    if layer.statistics == "mean":
        return mean[:, :, 0]
    return tf.concat([mean, tf.sqrt(variance + 1e-8)], axis=-1)[:, :, 0]


def _running_attention(layer, frames, mask):
    _, weights = layer(frames, mask=mask)
    return _running_moments(frames, weights[..., None])[0][:, :, 0]


def _running_attentive(layer, frames, mask):
    weights = layer.weights_of(frames, mask)  # (batch, frames, 1 + heads)
    mean, variance = _running_moments(frames, weights)
    pooled = tf.concat([mean, tf.sqrt(variance + EPSILON)], axis=-1)
    batch, count = tf.unstack(tf.shape(pooled)[:2])
    return tf.reshape(pooled, (batch, count, pooled.shape[2] * pooled.shape[3]))


def _running_moments(frames, weights):
    """Mean and variance of the frames so far: (batch, frames, heads, channels)."""
    frames = tf.cast(frames, tf.float32)[:, :, None]
    weights = tf.cast(weights, tf.float32)[..., None]
    so_far = tf.maximum(tf.cumsum(weights, axis=1), LEAST)
    # About the whole utterance's mean: the difference of squares loses no digits.
    total = tf.maximum(tf.reduce_sum(weights, axis=1, keepdims=True), LEAST)
    center = tf.reduce_sum(weights * frames, axis=1, keepdims=True) / total
    centred = tf.where(weights > 0, frames - center, 0.0)
    shift = tf.cumsum(weights * centred, axis=1) / so_far
    squares = tf.cumsum(weights * tf.square(centred), axis=1) / so_far
    return center + shift, tf.nn.relu(squares - tf.square(shift))

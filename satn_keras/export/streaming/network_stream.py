"""Levels and causal self-attention over frames that come in pieces."""

from __future__ import annotations

import math

import keras
from keras import ops

from satn_keras.export.streaming.rows import stretch
from satn_keras.layers import SelfAttention, TemporalBlock, masked_softmax


class LevelStream:
    """One level of the TCN, which keeps the frames that its taps reach back to.

    Args:
        block: built layer of a student.
        channels: of its input.
    """

    def __init__(self, block: TemporalBlock, channels: int):
        self._block = block
        widths = [channels] + [block.filters] * (len(block.convolutions) - 1)
        self._past = {
            f"{block.name}_{i}": (convolution.receptive_field - 1, width)
            for i, (convolution, width) in enumerate(
                zip(block.convolutions, widths, strict=True), start=1
            )
        }

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype)."""
        return {name: (shape, "float32") for name, shape in self._past.items()}

    def __call__(self, state, x, count):
        """(batch, frames, filters) and the state after the first `count` frames."""
        block, after, hidden = self._block, {}, x
        for i, name in enumerate(self._past):
            convolution = block.convolutions[i]
            frames = ops.concatenate([state[name], hidden], axis=1)
            after[name] = stretch(frames, count, self._past[name][0])
            hidden = convolution.convolve(frames)
            if block.normalizations:
                hidden = block.normalizations[i](hidden, training=False)
            hidden = ops.relu(hidden)
        skip = x if block.skip is None else block.skip(x)
        return block.activation(hidden + skip), after


class AttentionStream:
    """Causal self-attention, which keeps the keys and values within its reach.

    Args:
        layer: built layer of a student.
        reach: frames back that a query sees.
    """

    def __init__(self, layer: SelfAttention, reach: int):
        self._layer = layer
        self._reach = reach

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype)."""
        shape = (self._reach, self._layer.units)
        return {name: (shape, "float32") for name in ("keys", "values")}

    def __call__(self, state, x, count, heard):
        """Context (batch, frames, units), and the state after `count` frames.

        Args:
            state: dict of tensors as `state_shapes` says.
            x: float (batch, frames, channels).
            count: int32 (batch,), frames of `x` that count.
            heard: int32 (batch,), frames before them.
        """
        layer = self._layer
        keys = ops.concatenate([state["keys"], layer.key(x)], axis=1)
        values = ops.concatenate([state["values"], layer.value(x)], axis=1)
        query = layer.query(x) / math.sqrt(layer.units / layer.num_heads)
        scores = ops.einsum("bqhd,bkhd->bhqk", self._heads(query), self._heads(keys))
        weights = masked_softmax(scores, self._allowed(x.shape[1], heard))
        context = ops.einsum("bhqk,bkhd->bqhd", weights, self._heads(values))
        context = ops.reshape(context, (-1, x.shape[1], layer.units))
        if layer.output_dense is not None:
            context = layer.output_dense(context)
        after = {"keys": keys, "values": values}
        return context, {
            name: stretch(rows, count, self._reach) for name, rows in after.items()
        }

    def _heads(self, x):
        layer = self._layer
        depth = layer.units // layer.num_heads
        return ops.reshape(x, (-1, x.shape[1], layer.num_heads, depth))

    def _allowed(self, frames, heard):
        """(batch, 1, queries, keys), bool: within reach, and not before the start."""
        reach = self._reach
        key = ops.arange(reach + frames, dtype="int32")[None]
        query = ops.arange(frames, dtype="int32")[:, None]
        near = ops.logical_and(key >= query, key <= query + reach)
        there = key >= reach - ops.minimum(heard, reach)[:, None]  # (batch, keys)
        return ops.logical_and(near[None, None], there[:, None, None])


class NetworkStream:
    """What a student does between its features and its pooling.

    Args:
        model: student that `why_not_exact` has nothing against.
        memory_frames: frames back that attention without a reach sees.
    """

    def __init__(self, model: keras.Model, memory_frames: int):
        features = model.input["features"]
        channels = math.prod(features.shape[-2:])
        self._steps = []
        for layer in model.layers:
            if isinstance(layer, TemporalBlock):
                self._steps.append(LevelStream(layer, channels))
                channels = layer.filters
            elif isinstance(layer, keras.layers.LayerNormalization):
                self._steps.append(layer)
            elif isinstance(layer, SelfAttention):
                self.reach = layer.reach or memory_frames
                self._attention = AttentionStream(layer, self.reach)
                self.width = layer.units

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype)."""
        shapes = self._attention.state_shapes()
        for step in self._steps:
            if isinstance(step, LevelStream):
                shapes.update(step.state_shapes())
        return shapes

    def __call__(self, state, features, count, heard):
        """Context of each new frame, (batch, frames, units), and the state after."""
        frames = features.shape[1]
        x = ops.reshape(features, (-1, frames, math.prod(features.shape[2:])))
        after = {}
        for step in self._steps:
            if isinstance(step, LevelStream):
                x, kept = step(state, x, count)
                after.update(kept)
            else:
                x = step(x)
        context, kept = self._attention(state, x, count, heard)
        return context, after | kept

"""Causal student as a step: state and samples in, state and posterior out."""

from __future__ import annotations

import keras
from keras import ops

from satn_keras.export.streaming.feature_stream import FeatureStream
from satn_keras.export.streaming.network_stream import NetworkStream
from satn_keras.export.streaming.pooling_stream import PoolingStream
from satn_keras.export.streaming.rules import why_not_exact
from satn_keras.features import FrontEnd

BLOCK_SECONDS = 0.1
MEMORY_SECONDS = 60.0


class StreamingStudent:
    """Student that hears audio as it comes and forgets nothing that it needs.

    After the end of the audio the posterior is the one of the whole utterance; before,
    that of its first frames, each of which is the frame of the whole utterance. All
    shapes are fixed, so that each step costs the same, however long the stream.

    Attention without a reach sees every frame before, which no fixed memory holds: it
    sees the last `memory_seconds`, and equals the student's as long as the stream is
    no longer.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.
        block_seconds: longest piece of a step, rounded to frames.
        memory_seconds: what attention without a reach sees.

    Raises:
        ValueError: if the student hears the whole utterance at once, with the reason.
    """

    def __init__(
        self,
        model: keras.Model,
        front_end: FrontEnd,
        block_seconds: float = BLOCK_SECONDS,
        memory_seconds: float = MEMORY_SECONDS,
    ):
        reason = why_not_exact(model, front_end)
        if reason:
            raise ValueError(
                f"The student cannot be streamed frame by frame: {reason}. Train one "
                "by the recipe satn-streaming, or hear it window by window."
            )
        frame_seconds = front_end.frame_seconds
        self._features = FeatureStream(
            front_end, max(round(block_seconds / frame_seconds), 1)
        )
        self._network = NetworkStream(model, round(memory_seconds / frame_seconds))
        self._pooling = PoolingStream(
            self._network.width,
            model.get_layer("pooling").statistics == "mean_deviation",
        )
        self._posterior = model.get_layer("posterior")
        self.num_classes = model.output_shape[-1]
        self.hop_samples = front_end.config.hop_length
        self.reach_frames = self._network.reach

    @property
    def block_samples(self) -> int:
        """Samples that a step takes at most."""
        return self._features.block_samples

    @property
    def delay_samples(self) -> int:
        """Samples from a frame's first to the last one that it waits for."""
        return self._features.delay_samples

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype) of each tensor of the state."""
        return {
            "frames": ((), "int32"),
            **self._features.state_shapes(),
            **self._network.state_shapes(),
            **self._pooling.state_shapes(),
        }

    def start(self, batch) -> dict:
        """State before the first sample of `batch` streams: zeros."""
        return {
            name: ops.zeros((batch, *shape), dtype=dtype)
            for name, (shape, dtype) in self.state_shapes().items()
        }

    def step(self, state, waveform, lengths, end):
        """What the student says after some more samples.

        Args:
            state: of `start`, or of the step before.
            waveform: float (batch, block_samples), in [-1, 1].
            lengths: int32 (batch,), true samples of each row, 0 to block_samples.
            end: bool (batch,), whether the audio ends with them. Repeat the step
                without samples until `new_frames` is 0: what waited comes out.

        Returns:
            Dict of `probabilities` (batch, classes), over all frames so far,
            `course` (batch, block_frames, classes), the same after each new frame
            (those beyond `new_frames` repeat the last), and `new_frames` (batch,),
            int32; and the state after.
        """
        heard = state["frames"]
        features, count, after = self._features(state, waveform, lengths, end)
        context, kept = self._network(state, features, count, heard)
        after.update(kept)
        pooled, kept = self._pooling(state, context, count, heard)
        after.update(kept, frames=heard + count)
        course = self._posterior(pooled)  # (batch, block_frames, classes)
        answer = {
            "probabilities": course[:, -1],
            "course": course,
            "new_frames": count,
        }
        return answer, after

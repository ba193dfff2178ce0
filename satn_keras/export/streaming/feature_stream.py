"""Features of a waveform that comes in pieces, by the front end that trained."""

from __future__ import annotations

from keras import ops

from satn_keras.export.streaming.rows import appended, stretch
from satn_keras.features import FrontEnd


class FeatureStream:
    """Pieces of a waveform to the frames that they complete.

    The last samples are kept, as many as a frame's `Context` spans, and the front end
    hears them with the new ones: its own arithmetic, at most a few frames a second
    time. A frame comes out once all that it hears has come in; at the end of the
    audio come those whose windows and neighbours end with it. The kept samples begin
    at the first of the utterance, or so many frames before the next one that their
    left edge reaches none that is still to come.

    Args:
        front_end: whose normalisation sees a frame alone.
        block_frames: frames that a call gives at most, and hops that it takes.
    """

    def __init__(self, front_end: FrontEnd, block_frames: int):
        config = front_end.config
        self._front_end = front_end
        self._context = front_end.context
        self._hop = config.hop_length
        self.block_frames = block_frames
        self.block_samples = block_frames * config.hop_length
        around = self._context.before + self._context.after + 1
        self._kept = around * self._hop + self._context.samples + self.block_samples

    @property
    def delay_samples(self) -> int:
        """Samples from a frame's first to the last one that it waits for."""
        return self._context.after * self._hop + self._context.samples

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype). Every state begins as zeros."""
        return {
            "audio": ((self._kept,), "float32"),
            "samples": ((), "int32"),
            "position": ((), "int32"),
        }

    def __call__(self, state, waveform, lengths, end):
        """Features of the frames that are complete, and the state after.

        Args:
            state: dict of tensors as `state_shapes` says.
            waveform: float (batch, block_samples).
            lengths: int32 (batch,), true samples of each row.
            end: bool (batch,), whether no more samples come.

        Returns:
            Features (batch, block_frames, bands, channels), how many of them count
            (batch,), int32, and the new state. At the end there may be more to come:
            call again without samples until none counts.
        """
        audio = appended(state["audio"], state["samples"], waveform, lengths)
        samples = ops.minimum(state["samples"] + lengths, self._kept)
        features, _ = self._front_end(audio, lengths=samples)
        position = state["position"]
        ready = self._ready(samples, end) - position
        count = ops.minimum(ops.maximum(ready, 0), self.block_frames)
        new = stretch(features, position, self.block_frames)
        position = position + count
        passed = ops.maximum(position - self._context.before, 0)  # frames
        state = {
            "audio": stretch(audio, passed * self._hop, self._kept),
            "samples": samples - passed * self._hop,
            "position": position - passed,
        }
        return new, count, state

    def _ready(self, samples, end):
        """Frames of the kept audio that nothing to come can change."""
        whole = (samples - self._context.samples) // self._hop + 1
        all_frames = self._front_end.frame_count(samples)
        return ops.where(end, all_frames, whole - self._context.after)

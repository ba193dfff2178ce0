"""Samples of any count, cut into the steps of a `stream` signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from satn_keras.export.streaming.signatures import STATE
from satn_keras.export.streaming.stream_prediction import (
    StreamPrediction,
    stream_prediction,
)


class FrameStream:
    """One stream, heard frame by frame by a causal student.

    Args:
        start: function of `stream_start`, which takes `streams` and gives tensors by
            name.
        step: function of `stream`, by name too.
        block_samples: samples that a step takes.
        classes: in the order of the posterior.
        sample_rate: Hz.
    """

    def __init__(
        self,
        start: Callable,
        step: Callable,
        block_samples: int,
        classes: Sequence[str],
        sample_rate: int,
    ):
        self._step = step
        self._block = block_samples
        self._classes = tuple(classes)
        self._sample_rate = sample_rate
        begin = start(streams=np.ones(1, "int32"))
        begin = {name: np.asarray(tensor) for name, tensor in begin.items()}
        self._begin = _state(begin)
        self._hop = int(begin["hop_samples"][0])
        self._delay = int(begin["delay_samples"][0])
        self.reset()

    @property
    def delay_seconds(self) -> float:
        """From a frame's first sample to the last one that it waits for."""
        return self._delay / self._sample_rate

    def reset(self) -> None:
        """Forget everything heard."""
        self._state = self._begin
        self._waiting = np.zeros(0, "float32")
        self._samples = self._frames = 0
        self._posterior = None

    def push(self, samples: np.ndarray) -> StreamPrediction | None:
        """Posterior over the frames so far, None before the first one."""
        self._waiting = np.concatenate([self._waiting, np.float32(samples)])
        self._samples += len(samples)
        rows = []
        while len(self._waiting) >= self._block:
            rows.append(self._hear(self._block))
        if (self._samples - self._delay) // self._hop + 1 > self._frames:
            rows.append(self._hear(len(self._waiting)))
        return self._answer(rows)

    def finish(self) -> StreamPrediction:
        """Posterior over all frames, the last ones as the end of the audio has them."""
        rows = [self._hear(len(self._waiting), end=True)]
        while len(rows[-1]):
            rows.append(self._hear(0, end=True))
        return self._answer(rows)

    def _hear(self, count, end=False):
        """Course of the frames that the next `count` samples complete."""
        block = np.zeros((1, self._block), "float32")
        block[0, :count], self._waiting = self._waiting[:count], self._waiting[count:]
        lengths, end = np.asarray([count], "int32"), np.asarray([end])
        answer = self._step(waveform=block, lengths=lengths, end=end, **self._state)
        self._state = _state(answer)
        new = int(answer["new_frames"][0])
        self._frames += new
        if self._frames:
            self._posterior = np.asarray(answer["probabilities"])[0]
        return np.asarray(answer["course"])[0, :new]

    def _answer(self, rows):
        if self._posterior is None:
            return None
        course = np.concatenate([np.zeros((0, len(self._classes)), "float32"), *rows])
        frames = np.arange(self._frames - len(course), self._frames)
        return stream_prediction(
            self._samples / self._sample_rate,
            self._classes,
            self._posterior,
            frames * self._hop / self._sample_rate,
            course,
        )


def _state(tensors):
    return {name: x for name, x in tensors.items() if name.startswith(STATE)}

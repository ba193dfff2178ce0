"""Exported model that hears audio as it comes."""

from __future__ import annotations

import math
import os

import numpy as np

from satn_keras.errors import AudioError
from satn_keras.export.recognizer import Recognizer
from satn_keras.export.streaming.frame_stream import FrameStream
from satn_keras.export.streaming.stream_prediction import StreamPrediction
from satn_keras.export.streaming.window_stream import WindowStream
from satn_keras.export.waveforms import checked_waveform

HOP_SECONDS = 0.5
WINDOW_SECONDS = 4.0


class StreamingRecognizer:
    """Emotion of live audio, after each piece of it.

    A model exported with the signature `stream` (a causal student) is heard frame by
    frame: every piece costs the same, however long the stream, and the posterior after
    `finish` is that of the whole recording. Every other model hears the last seconds
    anew, each hop: the posterior is that of this window.

    Args:
        folder: of a version, or of a name, whose latest version is taken.
        hop_seconds: from one window to the next.
        window_seconds: of a window. None hears frame by frame where the model can, and
            4 s where not.

    Attributes:
        classes: in the order of the posterior.
        sample_rate: Hz.
        exact: whether the model is heard frame by frame.

    Raises:
        ArtifactError: if there is no exported model.
        ValueError: if a window or hop is shorter than one sample.

    Example:
        ```python
        stream = StreamingRecognizer("saved_models/live")
        for samples in microphone:  # float32 at stream.sample_rate, any count
            prediction = stream.push(samples)
        prediction = stream.finish()
        ```
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        hop_seconds: float = HOP_SECONDS,
        window_seconds: float | None = None,
    ):
        recognizer = Recognizer(folder)
        self.classes = recognizer.classes
        self.sample_rate = recognizer.sample_rate
        self.exact = window_seconds is None and "stream" in recognizer.signatures
        if self.exact:
            self._stream = _frames(recognizer)
        else:
            seconds = WINDOW_SECONDS if window_seconds is None else window_seconds
            hop = self._samples_of(hop_seconds, "hop_seconds")
            window = self._samples_of(seconds, "window_seconds")
            self._stream = WindowStream(recognizer, hop, window)
        self._ended = False

    @property
    def delay_seconds(self) -> float:
        """How far the posterior lies behind the audio at most.

        Frame by frame: from a frame's first sample to the last one that it waits for.
        Else the hop.
        """
        return self._stream.delay_seconds

    def push(self, samples: np.ndarray) -> StreamPrediction | None:
        """Emotion of the audio so far; None while it is too short for a frame or hop.

        Args:
            samples: (samples,), float in [-1, 1] at `sample_rate`, any count.

        Raises:
            AudioError: if they are not one-dimensional, float and finite, or if the
                stream has ended. Nothing is heard then.
        """
        if self._ended:
            raise AudioError("The stream has ended. Call `reset` before the next one.")
        return self._stream.push(checked_waveform(samples, "samples"))

    def finish(self) -> StreamPrediction:
        """Emotion of the whole audio, its end included.

        An empty stream counts as one frame of silence.

        Raises:
            AudioError: if the stream has ended before.
        """
        if self._ended:
            raise AudioError("The stream has ended. Call `reset` before the next one.")
        self._ended = True
        return self._stream.finish()

    def reset(self) -> None:
        """Begin another stream; nothing of the last one is left."""
        self._ended = False
        self._stream.reset()

    def _samples_of(self, seconds, name):
        if not (math.isfinite(seconds) and seconds * self.sample_rate >= 1):
            raise ValueError(
                f"`{name}` must be at least one sample, "
                f"1/{self.sample_rate} s. Received: {name}={seconds}."
            )
        return round(seconds * self.sample_rate)


def _frames(recognizer):
    start, step = (recognizer.signatures[name] for name in ("stream_start", "stream"))
    block = step.structured_input_signature[1]["waveform"].shape[1]
    return FrameStream(start, step, block, recognizer.classes, recognizer.sample_rate)

"""The last seconds of a stream, heard anew each hop."""

from __future__ import annotations

import numpy as np

from satn_keras.export.recognizer import Recognizer
from satn_keras.export.streaming.stream_prediction import (
    StreamPrediction,
    stream_prediction,
)
from satn_keras.export.waveforms import MOST_ROWS


class WindowStream:
    """One stream, of which a student that hears whole utterances hears windows.

    A window ends at each whole number of hops from the start of the audio, however the
    samples were pushed, and holds the last `window_samples` before, or all there are.
    Each costs what an utterance of its length does.

    Args:
        recognizer: that hears the windows.
        hop_samples: from one window's end to the next.
        window_samples: of a window at most.
    """

    def __init__(self, recognizer: Recognizer, hop_samples: int, window_samples: int):
        self._recognizer = recognizer
        self._hop = hop_samples
        self._window = window_samples
        self.reset()

    @property
    def delay_seconds(self) -> float:
        """From one window's end to the next."""
        return self._hop / self._recognizer.sample_rate

    def reset(self) -> None:
        """Forget everything heard."""
        self._audio = np.zeros(0, "float32")  # the last samples
        self._samples = 0
        self._posterior = None

    def push(self, samples: np.ndarray) -> StreamPrediction | None:
        """Posterior of the last whole window, None before the first one."""
        before, self._samples = self._samples, self._samples + len(samples)
        first = before // self._hop + 1
        ends = self._hop * np.arange(first, self._samples // self._hop + 1)
        return self._hear(np.concatenate([self._audio, np.float32(samples)]), ends)

    def finish(self) -> StreamPrediction:
        """Posterior of the window that ends with the audio."""
        heard = self._samples and self._samples % self._hop == 0
        ends = np.asarray([] if heard else [self._samples], int)
        return self._hear(self._audio, ends)

    def _hear(self, audio, ends):
        """Posteriors of the windows of `audio`, the latest, that end at `ends`."""
        offset = self._samples - len(audio)
        windows = [
            audio[max(end - offset - self._window, 0) : end - offset] for end in ends
        ]
        rows = [
            list(prediction.probabilities.values())
            for at in range(0, len(windows), MOST_ROWS)
            for prediction in self._recognizer.predict(windows[at : at + MOST_ROWS])
        ]
        self._audio = audio[-self._window :]
        self._posterior = rows[-1] if rows else self._posterior
        if self._posterior is None:
            return None
        classes, rate = self._recognizer.classes, self._recognizer.sample_rate
        course = np.asarray(rows, "float32").reshape(-1, len(classes))
        seconds = self._samples / rate
        return stream_prediction(
            seconds, classes, np.asarray(self._posterior), ends / rate, course
        )

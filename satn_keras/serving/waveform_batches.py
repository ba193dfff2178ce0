"""Waveforms in batches that one call may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from satn_keras.errors import AudioError

MOST_ROWS = 8  # utterances in one call
MOST_SECONDS = 60  # of audio in one call, padding included
SAMPLE_RATE = 16000  # Hz, of every exported model


def check_waveform(number: int, waveform: np.ndarray) -> np.ndarray:
    """The waveform as an array.

    Raises:
        AudioError: if it is not one-dimensional, float and finite.
    """
    waveform = np.asarray(waveform)
    sound = waveform.ndim == 1 and waveform.dtype.kind == "f"
    if not sound or not np.isfinite(waveform).all():
        raise AudioError(
            f"waveform {number}: must be one-dimensional, float in [-1, 1] and finite. "
            f"Received: shape={waveform.shape}, dtype={waveform.dtype}. Average its "
            "channels; divide 16-bit samples by 32768."
        )
    return waveform


def batches(
    waveforms: Iterable[tuple[str, np.ndarray]],
) -> Iterator[tuple[list[str], np.ndarray, np.ndarray]]:
    """Paths, padded waveforms (rows, samples) and lengths (rows,) of each batch."""
    batch, longest = [], 0
    for path, waveform in waveforms:
        longest = max(longest, len(waveform))
        seconds = (len(batch) + 1) * longest / SAMPLE_RATE
        if batch and (len(batch) == MOST_ROWS or seconds > MOST_SECONDS):
            yield _padded(batch)
            batch, longest = [], len(waveform)
        batch.append((path, waveform))
    if batch:
        yield _padded(batch)


def _padded(batch):
    lengths = np.asarray([len(waveform) for _, waveform in batch], "int32")
    padded = np.zeros((len(batch), lengths.max(initial=1)), "float32")
    for row, (_, waveform) in zip(padded, batch, strict=True):
        row[: len(waveform)] = waveform
    return [path for path, _ in batch], padded, lengths

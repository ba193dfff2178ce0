"""Waveforms in batches that one call may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from satn_keras.export.waveforms import MOST_ROWS, padded

MOST_SECONDS = 60  # of audio in one call, padding included
SAMPLE_RATE = 16000  # Hz, of every exported model


def batches(
    waveforms: Iterable[tuple[str, np.ndarray]],
) -> Iterator[tuple[list[str], np.ndarray, np.ndarray]]:
    """Paths, padded waveforms (rows, samples) and lengths (rows,) of each batch."""
    batch, longest = [], 0
    for path, waveform in waveforms:
        longest = max(longest, len(waveform))
        seconds = (len(batch) + 1) * longest / SAMPLE_RATE
        if batch and (len(batch) == MOST_ROWS or seconds > MOST_SECONDS):
            yield _named(batch)
            batch, longest = [], len(waveform)
        batch.append((path, waveform))
    if batch:
        yield _named(batch)


def _named(batch):
    waveforms, lengths = padded([waveform for _, waveform in batch])
    return [path for path, _ in batch], waveforms, lengths

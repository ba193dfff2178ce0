"""Waveforms checked, padded and shared out into batches; loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from satn_keras.errors import AudioError
from satn_keras.sound_file import LOUDEST, is_sound

MOST_ROWS = 8  # utterances in one batch
MOST_SQUARED_SAMPLES = 8 * (15 * 16000) ** 2  # eight of a quarter of a minute


def padded(waveforms: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Waveforms side by side, (batch, samples), float32, and lengths, int32.

    Raises:
        AudioError: if a waveform is not one-dimensional, float and finite.
    """
    waveforms = [
        checked_waveform(waveform, f"waveform {number}")
        for number, waveform in enumerate(waveforms)
    ]
    lengths = np.asarray([len(waveform) for waveform in waveforms], "int32")
    batch = np.zeros((len(waveforms), max(lengths.max(), 1)), "float32")
    for row, waveform in zip(batch, waveforms, strict=True):
        row[: len(waveform)] = waveform
    return batch, lengths


def batches(
    waveforms: Iterable[tuple[str, np.ndarray]],
) -> Iterator[list[tuple[str, np.ndarray]]]:
    """Lists of (path, waveform), small enough when padded to the longest."""
    batch, longest = [], 0
    for path, waveform in waveforms:
        longest = max(longest, len(waveform))
        too_large = (len(batch) + 1) * longest**2 > MOST_SQUARED_SAMPLES
        if batch and (too_large or len(batch) == MOST_ROWS):
            yield batch
            batch, longest = [], len(waveform)
        batch.append((path, waveform))
    if batch:
        yield batch


def checked_waveform(waveform: np.ndarray, name: str) -> np.ndarray:
    """The waveform, one-dimensional, float and finite.

    Raises:
        AudioError: if it is not, by its `name`.
    """
    waveform = np.asarray(waveform)
    if waveform.ndim != 1 or waveform.dtype.kind != "f":
        raise AudioError(
            f"{name}: must be one-dimensional float in [-1, 1]. Received: "
            f"shape={waveform.shape}, dtype={waveform.dtype}. Average its channels; "
            "divide 16-bit samples by 32768."
        )
    if not is_sound(waveform):
        raise AudioError(
            f"{name}: every sample must be a finite number, at most {LOUDEST:g} times "
            "full scale. Record or decode it again."
        )
    return waveform

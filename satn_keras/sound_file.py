"""One sound file to a mono waveform; loads no TensorFlow."""

import os
import pathlib

import numpy as np
import soundfile
import soxr

from satn_keras.errors import AudioError

# Full scale is 1. Far above it the features' sums overflow, and answers are nan.
LOUDEST = 1e6


def read_audio(path, sample_rate=16000):
    """Mono waveform of a sound file: the mean of its channels, resampled.

    Args:
        path: WAV, FLAC, OGG or MP3 file, of any rate and channel count.
        sample_rate: Hz of the result.

    Returns:
        NumPy float32 array (samples,), full scale at 1.

    Raises:
        AudioError: if the file is missing, is not audio, or holds no samples or
            samples that are not finite or beyond `LOUDEST`. The message names file,
            rule and remedy.
    """
    path = pathlib.Path(os.fsdecode(path))
    if not path.is_file():
        raise AudioError(
            f"{path}: no such sound file. Check the path, and the root folder it is "
            "relative to."
        )
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    # TypeError: a name in .raw; the others: a header that promises no end.
    except (soundfile.LibsndfileError, TypeError, ValueError, MemoryError) as error:
        raise AudioError(
            f"{path}: a sound file must be WAV, FLAC, OGG or MP3 "
            f"({getattr(error, 'error_string', error)}). Convert it, or replace the "
            "damaged copy."
        ) from error
    if not is_sound(samples):
        raise AudioError(
            f"{path}: every sample must be a finite number, at most {LOUDEST:g} times "
            "full scale. Export the file again, as 16-bit PCM for example."
        )
    # A mean over one channel is the slowest part of reading a file.
    samples = samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1)
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate, quality="VHQ")
    if not len(samples):
        raise AudioError(
            f"{path}: a sound file must hold at least one sample. Remove it from the "
            "manifest, or replace the empty copy."
        )
    return samples


def is_sound(samples):
    """Whether every sample is finite and no louder than `LOUDEST`.

    Example:
        >>> is_sound(np.array([0.5, -1.0])), is_sound(np.array([1e30, np.nan]))
        (True, False)
    """
    return bool((np.abs(samples) <= LOUDEST).all())

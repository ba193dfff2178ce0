"""One sound file to a mono waveform; loads no TensorFlow."""

import os
import pathlib

import numpy as np
import soundfile
import soxr

from satn_keras.errors import AudioError


def read_audio(path, sample_rate=16000):
    """Mono waveform of a sound file: the mean of its channels, resampled.

    Args:
        path: WAV, FLAC, OGG or MP3 file, of any rate and channel count.
        sample_rate: Hz of the result.

    Returns:
        NumPy float32 array (samples,), full scale at 1.

    Raises:
        AudioError: if the file is missing, is not audio, or holds no samples or
            samples that are not finite. The message names file, rule and remedy.
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
    if not np.isfinite(samples).all():
        raise AudioError(
            f"{path}: every sample must be a finite number. Export the file again, "
            "as 16-bit PCM for example."
        )
    samples = samples.mean(axis=1)
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate, quality="VHQ")
    if not len(samples):
        raise AudioError(
            f"{path}: a sound file must hold at least one sample. Remove it from the "
            "manifest, or replace the empty copy."
        )
    return samples

"""Sound files to mono waveforms at one sample rate."""

import os
import pathlib

import numpy as np
import soundfile
import soxr
import tensorflow as tf

from satn_keras.errors import AudioError
from satn_keras.pipelines.graph_audio import decode_in_graph, operations_load

BACKENDS = ("soundfile", "tfio")
BACKEND_VARIABLE = "SATN_AUDIO_BACKEND"


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


def available_backends():
    """Names of the decoders that work here: "soundfile", and "tfio" where it loads."""
    return BACKENDS if operations_load() else BACKENDS[:1]


def choose_backend(name="auto"):
    """Decoder to use: "soundfile" or "tfio".

    Args:
        name: A decoder, or "auto": the environment variable SATN_AUDIO_BACKEND,
            or else tfio where its native library loads, or else soundfile.

    Raises:
        AudioError: if the name is unknown, or tfio does not load here.
    """
    if name == "auto":
        name = os.environ.get(BACKEND_VARIABLE) or "auto"
    if name == "auto":
        return available_backends()[-1]
    if name not in BACKENDS:
        raise AudioError(
            f"{name!r} is not an audio backend. Choose one of auto, "
            f"{', '.join(BACKENDS)}, by argument or in {BACKEND_VARIABLE}."
        )
    if name not in available_backends():
        raise AudioError(
            "Audio backend 'tfio' needs tensorflow-io with a native library that fits "
            f"TensorFlow {tf.__version__}. Install satn-keras[tfio] (TensorFlow 2.16) "
            "or choose 'soundfile'."
        )
    return name


def decode(path, sample_rate=16000, backend="auto"):
    """Mono waveform of a sound file, for use in `tf.data`.

    "soundfile" calls `read_audio` from the graph. "tfio" decodes and resamples by
    graph operations, without Python's lock: WAV of 8, 16 and 24 bit and of 32-bit
    float, FLAC of 8, 16 and 24 bit, OGG Vorbis and MP3, told apart by their first
    bytes, not by the file's ending. Every other file (WAV whose `fmt` chunk is not
    the first or is extensible, 32-bit integer WAV, which tensorflow-io takes for
    float, Opus, other codecs) and every file that is empty or not audio goes
    through `read_audio`.

    Args:
        path: Scalar string tensor.
        sample_rate: Hz of the result.
        backend: "auto", "soundfile" or "tfio", see `choose_backend`.

    Returns:
        float32 tensor (samples,), full scale at 1.

    Raises:
        AudioError: from `choose_backend`. A file at fault raises a
            `tf.errors.OpError` when the graph runs, with the message of
            `read_audio`, or with TensorFlow's where tfio finds the file missing or
            cut short. `read_audio` then tells which file, and why.
    """
    decoder = _DECODERS[choose_backend(backend)]
    return tf.ensure_shape(decoder(path, sample_rate), (None,))


def _decode_by_soundfile(path, sample_rate):
    def read(name):
        return read_audio(name, sample_rate)

    return tf.numpy_function(read, [path], tf.float32)


def _decode_by_tfio(path, sample_rate):
    return decode_in_graph(path, sample_rate, otherwise=_decode_by_soundfile)


_DECODERS = {"soundfile": _decode_by_soundfile, "tfio": _decode_by_tfio}

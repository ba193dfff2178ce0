"""Sound files to mono waveforms at one sample rate, for use in `tf.data`."""

import os

import tensorflow as tf

from satn_keras.errors import AudioError
from satn_keras.pipelines.graph_audio import decode_in_graph, operations_load
from satn_keras.sound_file import read_audio

BACKENDS = ("soundfile", "tfio")
BACKEND_VARIABLE = "SATN_AUDIO_BACKEND"


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

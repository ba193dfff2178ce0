"""Speech of espeak-ng, spoken into memory by the library in a Python wheel."""

from __future__ import annotations

import _ctypes
import atexit
import ctypes
import functools
import os
import pathlib
import shutil
import sys
import tempfile
import threading

import numpy as np
import soxr

from satn_keras.errors import CorpusError

SAMPLE_RATE = 16000  # Hz, of all audio in the package

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2  # samples go to the callback before espeak_Synth returns
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_BY_CHARACTER = 1
_UTF8 = 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_SEED = 1  # of the noise in espeak's consonants

# espeak-ng is one global C state.
_LOCK = threading.Lock()


def speak(
    text: str,
    voice: str = "en-us+f1",
    rate: int = 175,
    pitch: int = 50,
    pitch_range: int = 50,
    volume: int = 100,
) -> np.ndarray:
    """Waveform of `text` as espeak-ng says it.

    The same arguments give the same samples, whatever was spoken before: espeak-ng
    carries its oscillators and noise from one utterance into the next, so each
    utterance gets a library that is loaded afresh (a few milliseconds). Threads
    speak one after the other.

    Args:
        text: What to say.
        voice: Language and voice variant, such as "en-us+m3" or "pl+f2".
        rate: Words per minute, 80 to 450.
        pitch: Base pitch, 0 to 99; 50 is the voice's own.
        pitch_range: Liveliness of the melody, 0 to 99; 50 is the voice's own.
        volume: 0 to 200; 100 is the voice's own. Above about 150 it clips.

    Returns:
        (samples,), float32 in [-1, 1], 16 kHz.

    Raises:
        CorpusError: if espeakng-loader is not installed or has no such voice.
    """
    with _LOCK:
        library_path, data_path = _private_copy()
        library = _load(library_path)
        try:
            sample_rate, samples = _speak(
                library, data_path, text, voice, (rate, pitch, pitch_range, volume)
            )
            library.espeak_Terminate()
        finally:
            _unload(library)
    speech = soxr.resample(samples.astype("float32") / 32768, sample_rate, SAMPLE_RATE)
    return np.clip(speech, -1.0, 1.0)


def _speak(library, data_path: str, text: str, voice: str, settings: tuple[int, ...]):
    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data_path.encode(), 0)
    if sample_rate <= 0:
        raise CorpusError(
            f"{data_path}: espeak-ng cannot read its data. "
            "Install espeakng-loader anew."
        )
    blocks: list[np.ndarray] = []

    def keep(samples, count, events):
        if samples and count > 0:
            blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    callback = _CALLBACK(keep)
    library.espeak_SetSynthCallback(callback)
    library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise CorpusError(
            f"espeak-ng has no voice {voice!r}. "
            "Use a language such as en-us, pl or de, with a variant such as +f1 or +m3."
        )
    # After the voice: choosing a voice sets the parameters back.
    for parameter, value in zip(
        (_RATE, _PITCH, _RANGE, _VOLUME), settings, strict=True
    ):
        library.espeak_SetParameter(parameter, int(value), 0)
    said = text.encode()
    library.espeak_Synth(
        ctypes.c_char_p(said),
        ctypes.c_size_t(len(said) + 1),
        ctypes.c_uint(0),
        _BY_CHARACTER,
        ctypes.c_uint(0),
        ctypes.c_uint(_UTF8),
        None,
        None,
    )
    library.espeak_Synchronize()
    return sample_rate, np.concatenate(blocks or [np.zeros(0, "int16")])


@functools.cache
def _private_copy() -> tuple[str, str]:
    """Library and data of the wheel; the library as a file nobody else loads.

    A library is unloaded when its last user lets go. phonemizer keeps the wheel's
    own file open for good, so unloading that one would not reset it.
    """
    try:
        import espeakng_loader
    except ImportError as error:
        raise CorpusError(
            "synthetic speech needs espeakng-loader: pip install 'satn-keras[speech]'."
        ) from error
    source = pathlib.Path(espeakng_loader.get_library_path())
    folder = tempfile.mkdtemp(prefix="satn-espeak-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = os.path.join(folder, source.name)
    shutil.copyfile(source, copy)
    return copy, espeakng_loader.get_data_path()


def _load(path: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise CorpusError(
            f"espeak-ng's library does not load ({error}). Install espeakng-loader "
            "anew, or set TMPDIR to a folder that may hold programs."
        ) from error


def _unload(library: ctypes.CDLL) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)
    else:
        _ctypes.dlclose(library._handle)

"""Phones of espeak-ng, by way of phonemizer."""

from __future__ import annotations

import difflib
import functools
import importlib
import os
import threading
from collections.abc import Sequence

from satn_keras.errors import ConfigError

_LOCK = threading.Lock()  # espeak-ng is one global C state


def espeak_words(texts: Sequence[str], language: str) -> list[list[tuple[str, ...]]]:
    """Phones of each word of each text, without stress.

    espeak-ng reads a whole text, so its words are spoken words: "nie ma" is one
    in Polish, and a final consonant knows what follows it.

    Args:
        texts: What to say, one utterance each; an empty one has no words.
        language: Voice of espeak-ng, such as "en-us", "pl" or "de".

    Returns:
        For each text, for each word, its phones in IPA.

    Raises:
        ConfigError: if phonemizer or espeakng-loader is missing, or there is no
            such voice.
    """
    with _LOCK:
        backend = _backend(language)
        from phonemizer.separator import Separator  # there, if the backend is

        said = backend.phonemize(
            list(texts), separator=Separator(phone="_", word=" "), strip=True
        )
    return [
        [
            phones
            for word in text.split()
            # A phone may be lost to a change of language; its separator stays.
            if (phones := tuple(phone for phone in word.split("_") if phone))
        ]
        for text in said
    ]


def espeak_available() -> bool:
    """Whether phonemizer and an espeak-ng library are installed."""
    try:
        with _LOCK:
            _backend("en-us")
    except ConfigError:
        return False
    return True


@functools.cache
def _backend(language: str):
    try:
        from phonemizer.backend import EspeakBackend
        from phonemizer.backend.espeak.wrapper import EspeakWrapper
    except ImportError as error:
        raise ConfigError(
            "espeak-ng's phones need phonemizer and espeakng-loader: "
            "pip install 'satn-keras[speech]'."
        ) from error
    # A library that the user named goes before the wheel's.
    if "PHONEMIZER_ESPEAK_LIBRARY" not in os.environ:
        try:
            loader = importlib.import_module("espeakng_loader")
            EspeakWrapper.set_library(loader.get_library_path())
            EspeakWrapper.set_data_path(loader.get_data_path())
        except ImportError:
            pass  # the system may have a library
    try:
        languages = EspeakBackend.supported_languages()
    except RuntimeError as error:
        raise ConfigError(
            f"no espeak-ng library ({error}): pip install 'satn-keras[speech]'."
        ) from error
    if language not in languages:
        close = difflib.get_close_matches(language, languages, n=3)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        raise ConfigError(
            f"espeak-ng has no language {language!r}.{hint} "
            "Use a code such as en-us, pl or de."
        )
    return EspeakBackend(
        language, language_switch="remove-flags", words_mismatch="ignore"
    )

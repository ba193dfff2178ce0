"""Functionals: statistics of an utterance's descriptors, by openSMILE."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from satn_keras.corpora import Manifest
from satn_keras.pipelines.audio import read_audio
from satn_keras.pipelines.opensmile_library import load_opensmile, run_opensmile

Progress = Callable[[int, int], None]  # (utterances done, utterances in all)

# Name in a recipe -> openSMILE's feature set.
FUNCTIONAL_SETS = {"egemaps": "eGeMAPSv02", "compare": "ComParE_2016"}
SHORTEST_SECONDS = 0.1  # shorter ones, which openSMILE refuses, end in silence
REMEMBERED = 8192  # utterances; 25 kB each of "compare", 0.4 kB each of "egemaps"


def functionals(
    manifest: Manifest,
    kind: str = "egemaps",
    progress: Progress | None = None,
    sample_rate: int = 16000,
) -> np.ndarray:
    """Functionals of every utterance.

    A file that has not changed is not heard twice by one process, so the folds of a
    cross-validation share them; an utterance's functionals know of no other.

    Args:
        manifest: the utterances.
        kind: "egemaps", 88 values of eGeMAPS v02, or "compare", 6373 values of
            ComParE 2016.
        progress: called with (utterances done, utterances in all).
        sample_rate: Hz, to which sound is resampled before.

    Returns:
        float32 (utterances, values); a value that is not defined, as a mean over
        voiced frames where there are none, is 0.

    Raises:
        AudioError: for the first file that cannot be read, by its name.
        ImportError: if openSMILE is not installed.
        ValueError: if `kind` is unknown.

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set.
        Schuller et al. 2016, The Interspeech 2016 Computational Paralinguistics
        Challenge.
    """
    smile = _smile(kind)  # before the threads, which would each make their own
    rows = np.empty((len(manifest), smile.num_features), "float32")

    def hear(utterance):
        return _heard(*_identity(utterance.path), kind, sample_rate)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for row, values in enumerate(pool.map(hear, manifest)):
                rows[row] = values
                if progress:
                    progress(row + 1, len(manifest))
        finally:
            pool.shutdown(cancel_futures=True)  # of those after one at fault
    return rows


def _identity(path):
    """What tells a changed file from the one that was heard."""
    try:
        stat = os.stat(path)
    except OSError:
        read_audio(path)  # says what is wrong
        raise
    return path, stat.st_size, stat.st_mtime_ns


@functools.lru_cache(REMEMBERED)
def _heard(path, size, time, kind, sample_rate):
    del size, time  # of the key
    waveform = read_audio(path, sample_rate)
    missing = round(SHORTEST_SECONDS * sample_rate) - len(waveform)
    waveform = np.pad(waveform, (0, max(missing, 0)))
    values = run_opensmile(_smile(kind), waveform, sample_rate)[0]
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    values.setflags(write=False)
    return values


@functools.cache
def _smile(kind):
    if kind not in FUNCTIONAL_SETS:
        raise ValueError(
            f"`kind` must be one of {', '.join(FUNCTIONAL_SETS)}. Received: {kind!r}."
        )
    opensmile = load_opensmile()
    return opensmile.Smile(
        opensmile.FeatureSet[FUNCTIONAL_SETS[kind]], opensmile.FeatureLevel.Functionals
    )

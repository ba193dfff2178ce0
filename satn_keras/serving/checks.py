"""Checks of the audio in a request, before the model sees it."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import soundfile

from satn_keras.serving.refusals import clipped, malformed
from satn_keras.serving.settings import Settings
from satn_keras.sound_file import LOUDEST, is_sound

WAVEFORM, LENGTHS, AUDIO_BYTES = "waveform", "lengths", "audio_bytes"


def check_audio(
    inputs: Mapping[str, np.ndarray], sample_rate: int, settings: Settings
) -> None:
    """Refuse audio that the model must not be given.

    Args:
        inputs: arrays by name; those of other names pass.
        sample_rate: of the model, in Hz.
        settings: bounds on utterances and seconds.

    Raises:
        Refusal: 400, if rows, lengths or sounds break a rule.
    """
    rows = {
        len(value)
        for name, value in inputs.items()
        if name in (WAVEFORM, LENGTHS, AUDIO_BYTES) and value.ndim
    }
    if len(rows) > 1 or 0 in rows or max(rows, default=1) > settings.max_rows:
        raise malformed(
            f"A request must hold 1 to {settings.max_rows} utterances, as many in each "
            f"input. Received: {', '.join(map(str, sorted(rows)))}."
        )
    if WAVEFORM in inputs:
        _check_seconds(inputs[WAVEFORM].shape[-1] / sample_rate, WAVEFORM, settings)
        _check_loudness(inputs[WAVEFORM])
        _check_lengths(inputs[WAVEFORM], inputs.get(LENGTHS))
    for number, sound in enumerate(inputs.get(AUDIO_BYTES, ())):
        _check_wav(sound, f"{AUDIO_BYTES}[{number}]", settings)


def _check_seconds(seconds, what, settings):
    if seconds > settings.max_seconds:
        raise malformed(
            f"`{what}`: an utterance may last {settings.max_seconds:g} s. Received: "
            f"{seconds:.1f} s. Cut it into pieces."
        )


def _check_loudness(waveform):
    if not is_sound(waveform):
        raise malformed(
            f"`{WAVEFORM}`: every sample must be at most {LOUDEST:g} times full scale, "
            "which is 1. Divide 16-bit samples by 32768."
        )


def _check_lengths(waveform, lengths):
    samples = waveform.shape[-1]
    if lengths is not None and not ((lengths >= 0) & (lengths <= samples)).all():
        raise malformed(
            f"`{LENGTHS}`: every length must be 0 to {samples}, the samples of "
            f"`{WAVEFORM}`. Received: {clipped(lengths.tolist(), 40)}."
        )


def _check_wav(sound, what, settings):
    try:
        found = soundfile.info(io.BytesIO(sound))
    except soundfile.LibsndfileError as error:
        raise malformed(
            f"`{what}` must be a 16-bit PCM WAV file ({error.error_string}). Convert "
            "it, or replace the damaged copy."
        ) from error
    if found.format not in ("WAV", "WAVEX") or found.subtype != "PCM_16":
        raise malformed(
            f"`{what}` must be a 16-bit PCM WAV file. Received: {found.format}, "
            f"{found.subtype}. Convert it."
        )
    _check_seconds(found.frames / found.samplerate, what, settings)

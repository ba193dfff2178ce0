"""Kinds of generated noise."""

from collections.abc import Callable

import numpy as np

from satn_keras.pipelines.changes.speed import played

TALKERS = 6  # in babble
SLOWEST, FASTEST = 0.8, 1.25  # of them


def white(speech: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """As much power in each Hertz."""
    return draw.standard_normal(len(speech))


def pink(speech: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """As much power in each octave."""
    spectrum = np.fft.rfft(draw.standard_normal(len(speech)))
    spectrum[0] = 0
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.fft.irfft(spectrum, len(speech))


def shaped(speech: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Steady noise of the utterance's own spectrum: its waves in drawn phases."""
    spectrum = np.fft.rfft(speech)
    turns = np.exp(2j * np.pi * draw.random(len(spectrum)))
    return np.fft.irfft(spectrum * turns, len(speech))


def babble(speech: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Talkers made of the utterance: backwards, at drawn speeds, from drawn places.

    No other recording is needed, and what they say is not in the way of the text.
    """
    backwards = speech[::-1]
    noise = np.zeros(len(speech))
    for rate, start in draw.random((TALKERS, 2)):
        talker = played(backwards, SLOWEST * (FASTEST / SLOWEST) ** rate)
        noise += np.resize(np.roll(talker, int(start * len(talker))), len(speech))
    return noise


# From an utterance (samples,), float64, and a generator to noise as long, of any level.
NOISE_KINDS: dict[str, Callable] = {
    "white": white,
    "pink": pink,
    "speech": shaped,
    "babble": babble,
}

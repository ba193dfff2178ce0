"""Voices of known pitch, resonances and noise."""

import numpy as np
from scipy.signal import lfilter

RATE = 16000


def complex_tone(pitch, seconds=0.5, harmonics=None, rate=RATE, amplitude=0.1):
    """Equal harmonics of a pitch in Hz, a number or one for each sample."""
    pitch = np.broadcast_to(pitch, round(seconds * rate))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    highest = int(0.45 * rate / pitch.max())
    orders = np.array(harmonics or range(1, min(highest, 20) + 1))
    return (amplitude * np.sin(orders[:, None] * phase).sum(0)).astype("float32")


def noise(seconds=0.5, amplitude=0.1, seed=1, rate=RATE):
    """White noise of a root mean square."""
    random = np.random.default_rng(seed)
    return (amplitude * random.standard_normal(round(seconds * rate))).astype("float32")


def resonant_voice(formants, bandwidths, pitch=110, seconds=0.5, rate=RATE):
    """Pulses that lose 6 dB an octave, through one resonator for each formant."""
    turns = np.floor(np.arange(round(seconds * rate)) * pitch / rate)
    sound = lfilter([1], [1, -0.95], np.diff(turns, prepend=0))
    for formant, bandwidth in zip(formants, bandwidths, strict=True):
        radius = np.exp(-np.pi * bandwidth / rate)
        middle = -2 * radius * np.cos(2 * np.pi * formant / rate)
        sound = lfilter([1], [1, middle, radius**2], sound)
    return (0.5 * sound / np.abs(sound).max()).astype("float32")


def pulses(lengths, heights, rate=RATE):
    """Decaying oscillations, one a period of that many samples and that height."""
    start = np.cumsum([0, *lengths])
    time = np.arange(start[-1] + 400)
    sound = np.zeros(len(time))
    for begin, height in zip(start, heights, strict=False):
        since = np.maximum(time - begin, 0) / rate
        ring = np.exp(-since * 600) * np.sin(2 * np.pi * 700 * since)
        sound += height * np.where(time >= begin, ring, 0.0)
    return (0.5 * sound).astype("float32")

"""Sounds made for tests."""

import numpy as np


def vowel(seconds=0.7, sample_rate=16000, pitch=120.0, seed=1):
    """Harmonics of a falling pitch with a little noise: float32 in [-1, 1]."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    phase = 2 * np.pi * pitch * (time - 0.1 * time**2)
    orders = np.arange(1, int(0.4 * sample_rate / pitch))
    weights = 1 / orders + 0.5 * np.exp(-(((orders * pitch - 700) / 200) ** 2))
    voice = np.sin(orders[:, None] * phase) * weights[:, None]
    noise = np.random.default_rng(seed).standard_normal(len(time))
    sound = voice.sum(axis=0) + 0.01 * noise
    return (0.5 * sound / np.abs(sound).max()).astype("float32")


def tone(frequency, seconds=0.3, sample_rate=16000):
    """Sine of amplitude one half: float32."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return (0.5 * np.sin(2 * np.pi * frequency * time)).astype("float32")

"""Pitch period and harmonics-to-noise ratio of the frames of a waveform."""

import numpy as np

HIGHEST_PITCH = 500.0  # Hz
# Prefers a period to its multiples (Boersma 1993, there 0.01 of lags between samples).
OCTAVE_COST = 0.04
STRONGEST = 0.9999  # autocorrelation at the period: 40 dB


def pitch_and_harmonicity(waveform, sample_rate, window_length, hop_length):
    r"""Pitch period and harmonics-to-noise ratio, by autocorrelation.

    $$\mathrm{HNR} = 10 \log_{10}
      \frac{\mathrm{ACF}(\tau_0)}{\mathrm{ACF}(0) - \mathrm{ACF}(\tau_0)}$$

    where the pitch period $\tau_0$ is the lag of the largest autocorrelation.
    Choices where the paper is silent: a frame loses its mean; the autocorrelation at
    a lag is that of the two stretches of the frame which it brings together, divided
    by the root of their energies, so that it is 1 at the period of a periodic sound
    however long that is (Talkin 1995); lags run from 1/500 s to half a window; an
    octave costs 0.04; the ratio is kept within 40 dB of zero. Every frame has a
    period, an unvoiced one an arbitrary one with a low ratio.

    Args:
        waveform: float (samples,), at least one window.
        sample_rate: Hz.
        window_length: samples in a frame.
        hop_length: samples from one frame to the next.

    Returns:
        float32 (frames, 2): period in seconds, ratio in dB; of whole frames only.

    References:
        Han, Yu, Tashev 2014, Speech emotion recognition using deep neural network
        and extreme learning machine.
        Boersma 1993, Accurate short-term analysis of the fundamental frequency and
        the harmonics-to-noise ratio of a sampled sound.
        Talkin 1995, A robust algorithm for pitch tracking (RAPT).
    """
    frames = np.lib.stride_tricks.sliding_window_view(waveform, window_length)
    frames = frames[::hop_length].astype("float64")
    lags = np.arange(int(sample_rate / HIGHEST_PITCH), window_length // 2 + 1)
    strength = _autocorrelation(frames - frames.mean(axis=1, keepdims=True), lags)
    preference = strength - OCTAVE_COST * np.log2(lags / lags[0])
    best = preference.argmax(axis=1)
    height = np.take_along_axis(strength, best[:, np.newaxis], axis=1)[:, 0]
    height = np.clip(height, 1 - STRONGEST, STRONGEST)
    ratio = 10 * np.log10(height / (1 - height))
    return np.stack([lags[best] / sample_rate, ratio], axis=1).astype("float32")


def _autocorrelation(frames, lags):
    """(frames, lags), at most 1; silence has none at all."""
    length = frames.shape[1]
    power = np.abs(np.fft.rfft(frames, 2 * length)) ** 2
    together = np.fft.irfft(power)[:, lags]
    energy = np.pad(np.cumsum(np.square(frames), axis=1), ((0, 0), (1, 0)))
    earlier = energy[:, length - lags]  # of the samples that have a partner later
    later = energy[:, -1:] - energy[:, lags]
    return together / np.sqrt(np.maximum(earlier * later, np.finfo("float64").tiny))

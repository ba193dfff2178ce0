"""Envelopes of spectra by linear prediction."""

import numpy as np
from scipy import fft

SMOOTHING = 60.0  # Hz, of the lag window: harmonics show less in the envelope
FLOOR = 1e-5  # white noise added to each frame, over its power: 50 dB below


def predictor(frames: np.ndarray, sample_rate: int) -> np.ndarray:
    r"""(frames, order + 1): filters A that leave each frame white.

    $$A(z) = 1 + \sum_{k=1}^{p} a_k z^{-k}$$

    Autocorrelation method, by the Levinson-Durbin recursion. The order is two more
    than the kilohertz of the sample rate, two poles a formant.

    Args:
        frames: (frames, samples), windowed.
        sample_rate: Hz.

    References:
        Markel & Gray 1976, Linear prediction of speech.
        Tohkura et al. 1978, Spectral smoothing technique in PARCOR speech
        analysis-synthesis (the lag window).
    """
    order = 2 + round(sample_rate / 1000)
    power = np.square(np.abs(fft.rfft(frames, 2 * frames.shape[1])))
    lags = np.arange(order + 1)
    correlation = fft.irfft(power)[:, : order + 1].astype("float64")
    correlation *= np.exp(-((2 * np.pi * SMOOTHING / sample_rate * lags) ** 2) / 2)
    correlation[:, 0] *= 1 + FLOOR
    # Digital silence has A = 1.
    correlation[:, 0] = np.maximum(correlation[:, 0], np.finfo("float64").tiny)
    return _levinson(correlation)


def response_energy(coefficients: np.ndarray, bins: int) -> np.ndarray:
    """(frames, bins): |A|^2 of each filter from 0 to half the sample rate.

    Args:
        coefficients: (frames, order + 1).
        bins: evenly spaced frequencies, both ends included.
    """
    response = fft.rfft(coefficients, 2 * (bins - 1))
    return np.maximum(np.square(np.abs(response)), np.finfo("float32").eps)


def _levinson(correlation):
    count, order = len(correlation), correlation.shape[1] - 1
    coefficients = np.zeros((count, order + 1))
    coefficients[:, 0] = 1
    error = correlation[:, 0].copy()
    for last in range(1, order + 1):
        ahead = correlation[:, last:0:-1] * coefficients[:, :last]
        reflection = -ahead.sum(axis=1) / error
        turned = coefficients[:, last - 1 :: -1] if last > 1 else coefficients[:, :1]
        coefficients[:, 1 : last + 1] += reflection[:, np.newaxis] * turned[:, :last]
        error *= 1 - reflection**2
    return coefficients

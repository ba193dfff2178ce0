"""Power spectra of tapered windows, without scaling."""

import numpy as np
from keras import ops

from satn_keras.features.fourier import rfft
from satn_keras.features.prosody.framing import frame_signal


def gauss(length, sigma=0.4):
    """Gauss window whose deviation is `sigma` half windows: (length,)."""
    half = (length - 1) / 2
    return np.exp(-0.5 * ((np.arange(length) - half) / (sigma * half)) ** 2)


class Spectrum:
    """Power of each frame's window by a Fourier transform of a power of two.

    Args:
        sample_rate: Hz.
        window_length: samples of a window.
        hop_length: samples from one window to the next.
        taper: float (window_length,), the window.
        lead: samples by which the first window begins before the signal.
    """

    def __init__(self, sample_rate, window_length, hop_length, taper, lead=0):
        self.window_length = window_length
        self.hop_length = hop_length
        self.lead = lead
        self.fft_length = 1 << (window_length - 1).bit_length()
        self.frequencies = np.arange(self.fft_length // 2 + 1) * (
            sample_rate / self.fft_length
        )
        self._taper = np.asarray(taper, "float32")

    def __call__(self, signal, count):
        """(batch, count, bins) from a float signal of (batch, samples)."""
        frames = frame_signal(
            signal, count, self.window_length, self.hop_length, self.lead
        )
        frames = frames * self._taper
        missing = self.fft_length - self.window_length
        silence = ops.zeros((ops.shape(signal)[0], count, missing), dtype="float32")
        frames = ops.concatenate([frames, silence], axis=-1)
        real, imaginary = rfft(frames, self.fft_length)
        return ops.square(real) + ops.square(imaginary)  # (batch, count, bins)

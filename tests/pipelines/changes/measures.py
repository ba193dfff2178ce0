"""What changes of a voice are measured by, without the package."""

import numpy as np

RATE = 16000


def pitch_of(waveform, about):
    """Hz, within half an octave: the lag of the highest autocorrelation."""
    inner = waveform[RATE // 10 : -RATE // 10].astype("float64")
    power = np.abs(np.fft.rfft(inner, 2 * len(inner))) ** 2
    together = np.fft.irfft(power)[: len(inner)]
    together /= np.arange(len(inner), 0, -1)
    first, last = int(RATE / about / 2**0.5), int(RATE / about * 2**0.5)
    lag = first + together[first:last].argmax()
    before, at, after = together[lag - 1 : lag + 2]
    return RATE / (lag + 0.5 * (before - after) / (before - 2 * at + after))


def harmonic_levels(waveform, pitch, highest=4000.0):
    """dB of each harmonic of a steady voice, less their mean."""
    inner = waveform[RATE // 10 : -RATE // 10]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    place = np.arange(pitch, highest, pitch) * len(inner) / RATE
    near = np.round(0.15 * pitch * len(inner) / RATE)
    levels = [spectrum[int(each - near) : int(each + near) + 1].max() for each in place]
    levels = 20 * np.log10(levels)
    return levels - levels.mean()


def decay_seconds(response, top=-5.0, bottom=-25.0):
    """Reverberation time: 60 dB by the slope of Schroeder's backward integral."""
    energy = np.cumsum(np.square(response.astype("float64"))[::-1])[::-1]
    levels = 10 * np.log10(energy / energy[0] + 1e-30)
    inside = np.flatnonzero((levels <= top) & (levels >= bottom))
    slope = np.polyfit(inside / RATE, levels[inside], 1)[0]
    return -60 / slope

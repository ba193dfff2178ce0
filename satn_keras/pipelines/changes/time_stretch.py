"""Speech made longer or shorter at the same pitch."""

import numpy as np

WINDOW_SECONDS = 0.032
REACH_SECONDS = 0.008  # to each side: together a period of 62.5 Hz


def time_stretch(waveform: np.ndarray, length: int, sample_rate: int) -> np.ndarray:
    """Waveform of another length, pitch and formants kept (WSOLA).

    Half-overlapping windows are taken from the waveform at evenly spaced places and
    laid side by side at half a window's distance. Each is taken up to 8 ms earlier or
    later, where it correlates best with what followed the window before it, so that
    the periods of a voice go on unbroken. Correlations are normalised by the
    energy of the candidates; where nothing correlates the place stays.

    Args:
        waveform: (samples,), at least one.
        length: samples of the result.
        sample_rate: Hz.

    Returns:
        float32 (length,).

    Example:
        >>> tone = np.sin(np.arange(8000) * 0.2)
        >>> len(time_stretch(tone, 11000, sample_rate=16000))
        11000

    References:
        Verhelst & Roelands 1993, An overlap-add technique based on waveform
        similarity (WSOLA) for high quality time-scale modification of speech.
    """
    hop = round(WINDOW_SECONDS * sample_rate / 2)
    reach = round(REACH_SECONDS * sample_rate)
    window = np.sin(np.pi * np.arange(2 * hop) / (2 * hop)) ** 2  # halves sum to 1
    ratio = len(waveform) / length
    margin = 2 * hop + reach
    # The last window is nominally up to a hop of the result past its end.
    after = margin + int(np.ceil(hop * ratio))
    samples = np.pad(np.asarray(waveform, "float64"), (margin, after))
    count = -(-length // hop) + 1
    # Window k is centred on sample k * hop of the result.
    nominal = np.arange(count) * hop * ratio
    nominal = margin - hop + np.round(nominal).astype(int)
    energies = np.concatenate([[0.0], np.cumsum(np.square(samples))])
    stretched = np.zeros((count + 1) * hop)
    place = nominal[0]
    for number, start in enumerate(nominal):
        if number:
            follows = samples[place + hop : place + 3 * hop]
            place = start + _best_shift(samples, energies, start, follows, reach)
        stretched[number * hop : (number + 2) * hop] += (
            window * samples[place : place + 2 * hop]
        )
    return stretched[hop : hop + length].astype("float32")


def _best_shift(samples, energies, start, follows, reach):
    """Samples to take a window later, from -reach to reach."""
    first, size = start - reach, len(follows)
    together = np.correlate(samples[first : start + reach + size], follows)
    ends = slice(first + size, start + reach + size + 1)
    energy = energies[ends] - energies[first : start + reach + 1]
    likeness = together / np.sqrt(np.maximum(energy, np.finfo("float32").tiny))
    best = likeness.argmax()
    return best - reach if likeness[best] > 0 else 0

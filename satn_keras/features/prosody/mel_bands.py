"""Triangular filters in mel, as the HTK book has them."""

import numpy as np


def mel_bands(frequencies, num_bands=26, low=20.0, high=8000.0):
    r"""Weights of filters evenly spaced in $1127 \ln(1 + f / 700)$, peaks at 1.

    Args:
        frequencies: Hz of each spectral bin, evenly spaced from 0.
        num_bands: filters.
        low: Hz, lower edge of the first filter; bins up to it do not count.
        high: Hz, upper edge of the last filter; half the sample rate where that
            is less. Bins from it on do not count.

    Returns:
        float64 (bins, num_bands) and the filters' centres in Hz, (num_bands,).

    Example:
        >>> filters, centres = mel_bands(np.arange(257) * 31.25)
        >>> filters.shape, round(centres[0])
        ((257, 26), 90)
    """
    high = min(high, frequencies[-1])
    edges = np.linspace(_mel(low), _mel(high), num_bands + 2)
    mels = _mel(frequencies)[:, None]
    below, peak, above = edges[:-2], edges[1:-1], edges[2:]
    rising = (mels - below) / (peak - below)
    falling = (above - mels) / (above - peak)
    filters = np.maximum(np.minimum(rising, falling), 0.0)
    spacing = frequencies[1]
    filters[: round(low / spacing) + 1] = 0.0
    filters[round(high / spacing) :] = 0.0
    return filters, 700 * np.expm1(peak / 1127)


def _mel(hertz):
    return 1127 * np.log1p(np.asarray(hertz, "float64") / 700)

"""Mel filterbank and frame arithmetic of python_speech_features."""

import numpy as np


def frame_count(num_samples, window_length, hop_length):
    r"""Frames that cover a signal, the last one padded with zeros.

    $$1 + \lceil \max(N - W, 0) / H \rceil$$

    Only `+`, `-`, `//` and `abs` are used, so that integers, arrays and tensors
    of any backend serve as `num_samples`.

    Args:
        num_samples: N, samples in the signal; int, integer array or tensor.
        window_length: W, samples in a window.
        hop_length: H, samples from one window to the next.

    Returns:
        As `num_samples`. An empty signal has one frame.

    Example:
        >>> [frame_count(samples, 400, 160) for samples in (0, 400, 401, 561)]
        [1, 1, 2, 3]
    """
    beyond = num_samples - window_length
    beyond = (beyond + abs(beyond)) // 2  # max(beyond, 0), on any type
    return 1 + (beyond + hop_length - 1) // hop_length


def mel_filterbank(
    sample_rate=16000,
    fft_length=512,
    num_mels=40,
    low_frequency=0.0,
    high_frequency=None,
):
    r"""Triangular filters, evenly spaced in mel, as python_speech_features has them.

    The edges are evenly spaced in $m = 2595 \log_{10}(1 + f / 700)$ and fall on
    the FFT bins $\lfloor (n + 1) f / r \rfloor$ for FFT length n and sample rate
    r. Every filter peaks at 1; its area is not normalised. A filter whose edges
    fall on one bin is empty.

    Args:
        sample_rate: r, Hz.
        fft_length: n, samples.
        num_mels: Filters.
        low_frequency: Lower edge of the first filter, Hz.
        high_frequency: Upper edge of the last filter, Hz. Half the sample rate
            when None.

    Returns:
        NumPy float64 array of shape (num_mels, fft_length // 2 + 1).

    Raises:
        ValueError: if there is no filter, or if `low_frequency` <
            `high_frequency` <= `sample_rate` / 2 does not hold.

    Example:
        >>> mel_filterbank(num_mels=40).shape
        (40, 257)
    """
    high_frequency = sample_rate / 2 if high_frequency is None else high_frequency
    if num_mels < 1:
        raise ValueError(f"`num_mels` must be at least 1. Received: {num_mels}.")
    if not 0 <= low_frequency < high_frequency <= sample_rate / 2:
        raise ValueError(
            "0 <= `low_frequency` < `high_frequency` <= half of `sample_rate` must "
            f"hold. Received: low_frequency={low_frequency}, "
            f"high_frequency={high_frequency}, sample_rate={sample_rate}."
        )
    mels = np.linspace(_mel(low_frequency), _mel(high_frequency), num_mels + 2)
    edges = np.floor((fft_length + 1) * _hertz(mels) / sample_rate)
    low, peak, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = np.arange(fft_length // 2 + 1)[None, :]
    rising = (bins - low) / np.maximum(peak - low, 1)
    falling = (high - bins) / np.maximum(high - peak, 1)
    filters = np.where((low <= bins) & (bins < peak), rising, 0.0)
    return np.where((peak <= bins) & (bins < high), falling, filters)


def _mel(hertz):
    return 2595 * np.log10(1 + hertz / 700)


def _hertz(mel):
    return 700 * (10 ** (mel / 2595) - 1)

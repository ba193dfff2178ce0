"""Frames of a waveform, each window centred where a shorter one would lie."""

from keras import ops


def frame_signal(signal, count, window_length, hop_length, lead=0):
    """Windows of a signal, one hop apart.

    Slices and reshapes alone, so that no backend or converter needs a gather.

    Args:
        signal: float (batch, samples).
        count: frames; int or scalar tensor. Windows past the end hold zeros.
        window_length: samples of a window.
        hop_length: samples from one window to the next.
        lead: samples by which the first window begins before the signal; zeros.

    Returns:
        (batch, count, window_length), in the dtype of `signal`.

    Example:
        >>> signal = ops.reshape(ops.arange(1.0, 6.0), (1, 5))
        >>> ops.convert_to_numpy(frame_signal(signal, 2, 3, 2, lead=1))[0]
        array([[0., 1., 2.],
               [2., 3., 4.]], dtype=float32)
    """
    blocks = -(-window_length // hop_length)
    used = count + blocks - 1
    # As many hops behind as the last window may need.
    padded = ops.pad(signal, ((0, 0), (lead, (blocks + 1) * hop_length)))
    hops = ops.reshape(padded[:, : used * hop_length], (-1, used, hop_length))
    parts = [hops[:, block : block + count] for block in range(blocks)]
    rest = window_length - (blocks - 1) * hop_length
    parts[-1] = parts[-1][..., :rest]
    return ops.concatenate(parts, axis=-1)  # (batch, count, window_length)

"""Sum over the frames before, the older ones counting less, without a loop."""

from keras import ops

NEGLIGIBLE = 1e-24  # what an older frame may count at most to be left out


def decaying_sum(values, decay: float):
    r"""$y_t = x_t + a\,y_{t-1}$ along the frames, with $y_{-1} = 0$.

    Each pass doubles how far back a frame hears,

    $$y^{(k+1)}_t = y^{(k)}_t + a^{2^k}\, y^{(k)}_{t - 2^k},$$

    and the passes end where a frame further back would count below 1e-24. Only
    padding, slices and sums: the same on every backend and accelerator, and built-in
    operations of LiteRT. Causal, so that a longer neighbour changes nothing.

    Args:
        values: (batch, frames, ...), float.
        decay: a, from 0 and below 1.

    Returns:
        As `values`.

    Raises:
        ValueError: if `decay` is outside its range.

    Example:
        >>> ones = ops.ones((1, 4))
        >>> ops.convert_to_numpy(decaying_sum(ones, 0.5))
        array([[1.   , 1.5  , 1.75 , 1.875]], dtype=float32)

    References:
        Hillis & Steele, Data parallel algorithms, 1986, on sums of all beginnings.
    """
    if not 0 <= decay < 1:
        raise ValueError(
            f"`decay` must be at least 0 and below 1. Received: decay={decay}."
        )
    frames = ops.shape(values)[1]
    rest = [(0, 0)] * (len(values.shape) - 2)
    reach = 1
    while decay**reach > NEGLIGIBLE:
        earlier = ops.pad(values, [(0, 0), (reach, 0), *rest])[:, :frames]
        values = values + decay**reach * earlier
        reach *= 2
    return values

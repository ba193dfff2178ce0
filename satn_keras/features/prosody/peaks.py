"""Peaks along the last axis, and the values at chosen ones; no index is gathered."""

from keras import ops

FAR = 1e9


def find_peaks(values):
    """Inner points that are higher than both neighbours, refined by a parabola.

    Of two equal neighbours the first is the peak, so that none is lost in a tie.

    Args:
        values: float (..., points).

    Returns:
        Each (..., points - 2): whether a point is a peak, the vertex's distance from
        the point in points, and the vertex's height.

    Example:
        >>> peak, offset, height = find_peaks(ops.array([0.0, 3.0, 4.0, 1.0]))
        >>> ops.convert_to_numpy(peak).tolist()
        [False, True]
        >>> round(float(offset[1]), 3), round(float(height[1]), 3)
        (-0.25, 4.125)
    """
    before, here, after = values[..., :-2], values[..., 1:-1], values[..., 2:]
    peak = ops.logical_and(here > before, here >= after)
    bend = ops.where(peak, before - 2 * here + after, -1.0)
    offset = 0.5 * (before - after) / bend
    return peak, offset, here - 0.25 * (before - after) * offset


def nearest(candidates, distance):
    """Which of the candidates, a bool (..., points), lies nearest; none of none."""
    distance = ops.where(candidates, distance, FAR)
    least = distance == ops.min(distance, axis=-1, keepdims=True, initial=FAR)
    return ops.logical_and(least, candidates)


def pick(chosen, *values):
    """Each value where `chosen` holds, (...,); 0 where it holds nowhere.

    Points that tie are averaged.
    """
    hot = ops.cast(chosen, "float32")
    number = ops.maximum(ops.sum(hot, axis=-1), 1.0)
    return [ops.sum(hot * value, axis=-1) / number for value in values]

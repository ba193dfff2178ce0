"""Mean and deviation of the frames so far, at each new frame."""

from __future__ import annotations

from keras import ops


class PoolingStream:
    r"""Running `MaskedPooling`.

    With c and q the sums of $x - m$ and $(x - m)^2$ over the new frames so far, m the
    mean of the n frames before them and S their sum of squares about it:

    $$\mu_t = m + \frac{c_t}{n + t}, \quad S_t = S + q_t - \frac{c_t^2}{n + t}$$

    Before the first frame m is that frame itself, so that no digits are lost where
    values lie far from zero.

    Args:
        width: channels of a frame.
        deviation: whether the deviation follows the mean.

    References:
        Chan, Golub, LeVeque 1983, Algorithms for computing the sample variance.
    """

    def __init__(self, width: int, deviation: bool):
        self._width = width
        self._deviation = deviation

    def state_shapes(self) -> dict:
        """Name -> (shape without batch, dtype)."""
        names = ("mean", "squares") if self._deviation else ("mean",)
        return {name: ((self._width,), "float32") for name in names}

    def __call__(self, state, x, count, heard):
        """Statistics at each new frame, (batch, frames, channels), and the state.

        Args:
            state: dict of tensors as `state_shapes` says.
            x: float (batch, frames, width).
            count: int32 (batch,), frames of `x` that count; the others repeat the
                statistics of the last one.
            heard: int32 (batch,), frames before them.
        """
        place = ops.arange(x.shape[1], dtype="int32")[None]
        counts = ops.cast(place < count[:, None], "float32")[..., None]
        begun = ops.cast(ops.minimum(heard, 1), "float32")[:, None]
        about = (state["mean"] * begun + x[:, 0] * (1.0 - begun))[:, None]
        centred = (x - about) * counts
        frames = ops.cast(heard, "float32")[:, None, None] + ops.cumsum(counts, axis=1)
        total = ops.cumsum(centred, axis=1)
        shift = total / ops.maximum(frames, 1.0)
        some = ops.minimum(frames, 1.0)
        pooled = mean = (about + shift) * some  # (batch, frames, width)
        after = {"mean": mean[:, -1]}
        if self._deviation:
            squares = ops.cumsum(ops.square(centred), axis=1) - shift * total
            squares = ops.relu(state["squares"][:, None] + squares)
            after["squares"] = squares[:, -1]
            variance = squares / ops.maximum(frames, 1.0)
            deviation = ops.sqrt(variance + 1e-8)  # as `MaskedPooling`
            pooled = ops.concatenate([mean, deviation], axis=-1)
        return pooled, after

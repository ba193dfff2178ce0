"""Static features with their first and second time derivatives."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class Deltas(keras.layers.Layer):
    r"""Static features with their first and second time derivatives.

    The derivative at frame t is the slope of the least-squares line through
    the frames t - N ... t + N:

    $$d_t = \frac{\sum_{n=1}^{N} n\,(c_{t+n} - c_{t-n})}{2\sum_{n=1}^{N} n^2}$$

    The first and last true frame stand in for the frames beyond the edges. The
    second derivative is the same slope taken of the first.

    Always computes in float32, whatever the global dtype policy.

    Args:
        reach: N, frames on each side. Two gives the usual five-frame window.
        derivatives: how many, each of the one before; 0 leaves static features.

    Call arguments:
        inputs: float (batch, frames, bands).
        mask: bool (batch, frames), true frames first; all when None.

    Input shape:
        (batch, frames, bands), float. Any unit.

    Output shape:
        (batch, frames, bands, 1 + derivatives): static, first, second. Derivatives
        are in input units per frame.

    Raises:
        ValueError: if `reach` is below 1, or `derivatives` is none of 0, 1, 2.

    Masking:
        A true frame has the same values whatever the frames past the last true
        one hold. Those frames themselves carry no meaning.

    Example:
        >>> ramp = ops.reshape(ops.arange(6, dtype="float32"), (1, 6, 1))
        >>> ops.convert_to_numpy(Deltas(reach=1)(ramp))[0, 2:4, 0]
        array([[2., 1., 0.],
               [3., 1., 0.]], dtype=float32)

    References:
        Young et al., The HTK Book (3.4), delta coefficients.
    """

    def __init__(self, reach=2, derivatives=2, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        if reach < 1:
            raise ValueError(f"`reach` must be at least 1 frame. Received: {reach=}.")
        if not 0 <= derivatives <= 2:
            raise ValueError(
                f"`derivatives` must be 0, 1 or 2. Received: {derivatives=}."
            )
        self.reach = reach
        self.derivatives = derivatives
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        channels = [inputs]
        for _ in range(self.derivatives):
            channels.append(self._slope(_hold_last(channels[-1], mask)))
        return ops.stack(channels, axis=-1)

    def _slope(self, frames):
        reach = self.reach
        count = ops.shape(frames)[1]
        before = ops.repeat(frames[:, :1], reach, axis=1)
        after = ops.repeat(frames[:, -1:], reach, axis=1)
        padded = ops.concatenate([before, frames, after], axis=1)
        total = 0.0
        for step in range(1, reach + 1):
            ahead = padded[:, reach + step : reach + step + count]
            behind = padded[:, reach - step : reach - step + count]
            total += step * (ahead - behind)
        return total / (2 * sum(step**2 for step in range(1, reach + 1)))

    def compute_output_shape(self, inputs_shape):
        return (*inputs_shape, 1 + self.derivatives)

    def get_config(self):
        return {
            **super().get_config(),
            "reach": self.reach,
            "derivatives": self.derivatives,
        }


def _hold_last(frames, mask):
    """Frames with every one past the last true one made equal to it."""
    if mask is None:
        return frames
    count = ops.sum(ops.cast(mask, "int32"), axis=1)  # (batch,)
    last = ops.expand_dims(ops.maximum(count - 1, 0), (1, 2))
    held = ops.take_along_axis(frames, last, axis=1)  # (batch, 1, bands)
    return ops.where(ops.expand_dims(mask, 2), frames, held)

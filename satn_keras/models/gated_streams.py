"""Feature streams in one space, each behind a gate that opens frame by frame."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class GatedStreams(keras.layers.Layer):
    r"""Sum of the streams' projections, weighed anew in each frame.

    $$h_t = \sum_s g_{s,t}\,(W_s x_{s,t} + b_s),\quad
      g_t = \sigma(V [x_{1,t}; x_{2,t}; \dots] + c)$$

    Every gate hears all streams, so that pitch can count where there is voice and
    the spectrum where there is none. `GatedSum` has one gate for all frames, which
    begins shut: it would leave the second stream out at first.

    Args:
        bands: Bands of each stream, side by side in the input.
        units: Width of the sum.

    Input shape:
        (batch, frames, bands, channels).

    Output shape:
        (batch, frames, units).

    Raises:
        ValueError: if there are fewer than two streams, a stream has no band, or the
            input has other bands.

    Masking:
        Each frame by itself; what stands in padded frames stays there.

    Example:
        >>> GatedStreams((3, 2), units=7)(ops.zeros((1, 11, 5, 3))).shape
        TensorShape([1, 11, 7])

    References:
        Arevalo et al., Gated multimodal units for information fusion, 2017; with a
        gate for each stream here, and no tanh.
    """

    def __init__(self, bands, units, **kwargs):
        super().__init__(**kwargs)
        if len(bands) < 2 or min(bands) < 1:
            raise ValueError(
                "`bands` must hold the bands of two or more streams, each at least 1. "
                f"Received: bands={tuple(bands)}."
            )
        self.bands = tuple(bands)
        self.units = units
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape):
        batch, frames, bands, channels = input_shape
        if bands != sum(self.bands):
            raise ValueError(
                f"The input must have {sum(self.bands)} bands, the sum of {self.bands}."
                f" Received: {bands}."
            )
        self.projections = [
            self._dense(self.units, None, f"projection_{number}", own * channels)
            for number, own in enumerate(self.bands, start=1)
        ]
        self.gates = self._dense(len(self.bands), "sigmoid", "gates", bands * channels)

    def _dense(self, units, activation, name, width):
        dense = keras.layers.Dense(
            units, activation, dtype=self.dtype_policy, name=name
        )
        dense.build((None, None, width))
        return dense

    def call(self, inputs):
        gates = self.gates(_frames(inputs))  # (batch, frames, streams)
        start, total = 0, 0.0
        for number, projection in enumerate(self.projections):
            own = inputs[:, :, start : start + self.bands[number]]
            total = total + gates[..., number : number + 1] * projection(_frames(own))
            start += self.bands[number]
        return total  # (batch, frames, units)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:2], self.units)

    def get_config(self):
        return {**super().get_config(), "bands": self.bands, "units": self.units}


def _frames(features):
    """(batch, frames, bands x channels)."""
    shape = ops.shape(features)
    return ops.reshape(
        features, (shape[0], shape[1], features.shape[2] * features.shape[3])
    )

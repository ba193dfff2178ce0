"""Bands of one feature stream among those of all."""

import keras


@keras.saving.register_keras_serializable(package="satn_keras")
class StreamBands(keras.layers.Layer):
    """Bands from one to another, of features whose streams lie side by side.

    Args:
        start: first band.
        stop: first band that is no longer the stream's.

    Input shape:
        (batch, frames, bands, channels).

    Output shape:
        (batch, frames, stop - start, channels).

    Raises:
        ValueError: if there is no band between `start` and `stop`.

    Example:
        >>> StreamBands(2, 5)(keras.ops.zeros((1, 7, 11, 3))).shape
        TensorShape([1, 7, 3, 3])
    """

    def __init__(self, start, stop, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= start < stop:
            raise ValueError(
                "`start` must be at least 0 and below `stop`. "
                f"Received: start={start}, stop={stop}."
            )
        self.start = start
        self.stop = stop
        self.supports_masking = True

    def call(self, inputs):
        return inputs[:, :, self.start : self.stop]

    def compute_output_shape(self, input_shape):
        batch, frames, _, channels = input_shape
        return batch, frames, self.stop - self.start, channels

    def get_config(self):
        return {**super().get_config(), "start": self.start, "stop": self.stop}

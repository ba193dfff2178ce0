"""Convolution, batch normalisation and max-pooling that padding leaves alone."""

import keras
from keras import ops

from satn_keras.layers import frame_count, lengths_to_mask


@keras.saving.register_keras_serializable(package="satn_keras")
class ConvolutionBlock(keras.layers.Layer):
    r"""Convolution, batch normalisation, (leaky) ReLU, max-pooling and dropout.

    Over time alone, or over time and frequency. An utterance is heard as if silence
    (zeros) followed it, alone as well as beside a longer one:

    1. Padded frames become zero, and an utterance shorter than the kernel (padding
       "valid") or the pool gets the zero frames it lacks.
    2. n true frames leave n frames with padding "same", n - k + 1 with "valid", and
       floor(n / p) after a pool of p frames; one at least.
    3. The moments of batch normalisation are those of the true frames.

    Args:
        filters: Channels of the output.
        kernel_size: (frames,) or (frames, bands).
        padding: "same" or "valid".
        pool_size: As `kernel_size`, or None for no pooling.
        batch_normalization: Whether there is one between convolution and ReLU.
        negative_slope: Of the leaky ReLU; 0 for the plain one.
        initial_bias: Value of the biases before training.
        dropout: Share of the outputs dropped in training.
        seed: Integer that makes the dropout repeatable, or None.

    Call arguments:
        inputs: (batch, frames, channels) or (batch, frames, bands, channels).
        mask: (batch, frames), bool, true frames first; all when None.
        training: Whether dropout and batch moments are on.

    Input shape:
        (batch, frames, channels) for a kernel of one axis,
        (batch, frames, bands, channels) for one of two.

    Output shape:
        As the input with fewer frames and bands, `filters` channels and padded
        frames of zeros; and the mask, (batch, frames), of its true frames.

    Raises:
        ValueError: if an argument is out of its range, or the input has too few
            bands for the kernel and the pool.

    Example:
        >>> block = ConvolutionBlock(2, (8, 8), padding="valid", pool_size=(2, 2))
        >>> x, mask = block(ops.ones((1, 500, 40, 1)))
        >>> x.shape, mask.shape
        (TensorShape([1, 246, 16, 2]), TensorShape([1, 246]))

    References:
        Ioffe & Szegedy, Batch normalization, 2015.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        padding="same",
        pool_size=None,
        batch_normalization=True,
        negative_slope=0.0,
        initial_bias=0.0,
        dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.kernel_size = tuple(kernel_size)
        self.pool_size = None if pool_size is None else tuple(pool_size)
        axes = len(self.kernel_size)
        if axes not in (1, 2) or len(self.pool_size or self.kernel_size) != axes:
            raise ValueError(
                "`kernel_size` must have one or two axes, and `pool_size` as many. "
                f"Received: {kernel_size=}, {pool_size=}."
            )
        if min(filters, *self.kernel_size, *(self.pool_size or (1,))) < 1:
            raise ValueError(
                "`filters`, `kernel_size` and `pool_size` must be at least 1. "
                f"Received: {filters=}, {kernel_size=}, {pool_size=}."
            )
        if padding not in ("same", "valid"):
            raise ValueError(
                f"`padding` must be 'same' or 'valid'. Received: {padding!r}."
            )
        self.filters = filters
        self.padding = padding
        self.batch_normalization = batch_normalization
        self.negative_slope = negative_slope
        self.initial_bias = initial_bias
        self.dropout = dropout
        self.seed = seed
        options = {"data_format": "channels_last", "dtype": self.dtype_policy}
        convolution = keras.layers.Conv1D if axes == 1 else keras.layers.Conv2D
        self.convolution = convolution(
            filters,
            self.kernel_size,
            padding=padding,
            bias_initializer=keras.initializers.Constant(initial_bias),
            name="convolution",
            **options,
        )
        self.normalization = None
        if batch_normalization:
            self.normalization = keras.layers.BatchNormalization(
                dtype=self.dtype_policy, name="normalization"
            )
        self.output_dropout = keras.layers.Dropout(
            dropout, seed=seed, dtype=self.dtype_policy, name="dropout"
        )
        self.input_spec = keras.layers.InputSpec(ndim=2 + axes)
        self.supports_masking = True

    def build(self, input_shape):
        self._output_shape(input_shape)  # says what is wrong
        batch, _, *others = input_shape  # frames: fewer than the kernel's may come
        self.convolution.build((batch, None, *others))
        if self.normalization is not None:
            self.normalization.build((batch, None, *others[:-1], self.filters))

    def call(self, inputs, mask=None, training=None):
        if mask is None:
            mask = ops.ones(ops.shape(inputs)[:2], dtype="bool")
        count = frame_count(mask)
        x = _zero_padded(inputs, mask)
        if self.padding == "valid":
            x = _at_least(self.kernel_size[0], x)
            count = ops.maximum(count - self.kernel_size[0] + 1, 1)
        x = self.convolution(x)
        mask = lengths_to_mask(count, ops.shape(x)[1])
        if self.normalization is not None:
            cells = ops.broadcast_to(_like(mask, x[..., 0]), ops.shape(x)[:-1])
            x = self.normalization(x, training=training, mask=cells)
        x = _zero_padded(ops.leaky_relu(x, self.negative_slope), mask)
        if self.pool_size is not None:
            x = _at_least(self.pool_size[0], x)
            x = ops.max_pool(x, self.pool_size, data_format="channels_last")
            count = ops.maximum(count // self.pool_size[0], 1)
            mask = lengths_to_mask(count, ops.shape(x)[1])
        return _zero_padded(self.output_dropout(x, training=training), mask), mask

    def compute_output_spec(self, inputs, mask=None, training=None):
        shape = self._output_shape(inputs.shape)
        return (
            keras.KerasTensor(shape, dtype=self.compute_dtype),
            keras.KerasTensor(shape[:2], dtype="bool"),
        )

    def compute_mask(self, inputs, previous_mask=None):
        return None, None

    def _output_shape(self, input_shape):
        batch, frames, *bands, _ = input_shape
        kernel, pool = self.kernel_size, self.pool_size or (1, 1)
        if frames is not None:
            frames = max(self._convolved(frames, kernel[0]), 1)
            frames = max(frames, pool[0]) // pool[0]
        if bands:
            (size,) = bands
            bands = [self._convolved(size, kernel[1]) // pool[1]]
            if bands[0] < 1:
                raise ValueError(
                    f"A kernel of {kernel[1]} bands and a pool of {pool[1]} leave none "
                    f"of the {size} bands of the input (padding={self.padding!r})."
                )
        return (batch, frames, *bands, self.filters)

    def _convolved(self, size, kernel):
        return size if self.padding == "same" else size - kernel + 1

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "padding": self.padding,
            "pool_size": self.pool_size,
            "batch_normalization": self.batch_normalization,
            "negative_slope": self.negative_slope,
            "initial_bias": self.initial_bias,
            "dropout": self.dropout,
            "seed": self.seed,
        }


def _like(mask, x):
    """Mask with as many axes as `x`."""
    return ops.expand_dims(mask, tuple(range(2, len(x.shape))))


def _zero_padded(x, mask):
    """Values of `x` with every frame past the true ones zero."""
    return ops.where(_like(mask, x), x, ops.zeros((), dtype=x.dtype))


def _at_least(size, x):
    """Frames of `x` with zero frames behind where there are fewer than `size`."""
    beyond = size - ops.shape(x)[1]
    missing = (beyond + abs(beyond)) // 2  # max(beyond, 0), on ints and tensors
    return ops.pad(x, [[0, 0], [0, missing], *[[0, 0]] * (len(x.shape) - 2)])

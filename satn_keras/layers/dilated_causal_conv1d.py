"""Causal convolution over frames with gaps between its taps."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="satn_keras")
class DilatedCausalConv1D(keras.layers.Layer):
    r"""Convolution of the present frame and every d-th frame before it.

    $$F(s) = \sum_{i=0}^{k-1} f(i)\, x_{s - d i}$$

    Frames before the first count as zeros, so as many frames come out as went
    in. With weight normalization each output filter is stored as a direction
    v and a length g, the norm being taken over taps and input channels:

    $$w = g\, \frac{v}{\lVert v \rVert}$$

    and g begins at the norm of v, so that w begins at v.

    Args:
        filters: Output channels.
        kernel_size: k, taps.
        dilation_rate: d, frames from one tap to the next.
        activation: Function of the output, by name or as a callable.
        use_bias: Whether a bias is added.
        weight_normalization: Whether the kernel is stored as v and g.
        kernel_initializer: Initializer of the kernel, or of v.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty on the kernel w, also where it is stored as
            v and g.
        bias_regularizer: Penalty on the bias.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. Changes nothing, see Masking.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        (batch, frames, filters), in the layer's compute dtype.

    Raises:
        ValueError: if `filters`, `kernel_size` or `dilation_rate` is below 1.

    Masking:
        The mask passes on unchanged. A frame sees only frames before it, so
        padding on the right reaches no true frame.

    Example:
        >>> layer = DilatedCausalConv1D(
        ...     1, kernel_size=2, dilation_rate=2, kernel_initializer="ones"
        ... )
        >>> ramp = ops.reshape(ops.arange(5, dtype="float32"), (1, 5, 1))
        >>> ops.convert_to_numpy(layer(ramp))[0, :, 0]
        array([0., 1., 2., 4., 6.], dtype=float32)

    References:
        Bai et al. 2018, An empirical evaluation of generic convolutional and
        recurrent networks for sequence modeling, section 3.2.
        Salimans & Kingma 2016, Weight normalization, eq. 2.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        weight_normalization=False,
        kernel_initializer="he_normal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        _require_positive(
            filters=filters, kernel_size=kernel_size, dilation_rate=dilation_rate
        )
        self.filters = filters
        self.kernel_size = kernel_size
        self.dilation_rate = dilation_rate
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.weight_normalization = weight_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    @property
    def receptive_field(self):
        """Frames that one output frame sees, itself included."""
        return 1 + (self.kernel_size - 1) * self.dilation_rate

    def build(self, input_shape):
        channels = input_shape[-1]
        shape = (self.kernel_size, channels, self.filters)
        if self.weight_normalization:
            # The norm is taken in float32 under every precision policy.
            self.v = self.add_weight(
                name="v",
                shape=shape,
                initializer=self.kernel_initializer,
                autocast=False,
            )
            self.g = self.add_weight(
                name="g",
                shape=(self.filters,),
                initializer=lambda shape, dtype: ops.cast(_filter_norms(self.v), dtype),
                autocast=False,
            )
        else:
            self.kernel = self.add_weight(
                name="kernel",
                shape=shape,
                initializer=self.kernel_initializer,
                regularizer=self.kernel_regularizer,
            )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.filters,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
            )
        self.input_spec = keras.layers.InputSpec(ndim=3, axes={-1: channels})

    def call(self, inputs, mask=None):
        past = self.receptive_field - 1
        return self.convolve(ops.pad(inputs, ((0, 0), (past, 0), (0, 0))))

    def convolve(self, inputs):
        """Outputs of the frames whose past is among the inputs.

        Args:
            inputs: (batch, past + frames, channels), float, where the past has
                `receptive_field` - 1 frames.

        Returns:
            (batch, frames, filters).
        """
        kernel = self._normalized_kernel() if self.weight_normalization else self.kernel
        # The library's dilated convolution takes 0.6 to 0.8 of the time of k
        # shifted matmuls (medians of forward and backward, two CPU cores,
        # TensorFlow 2.21, 32 x 300 frames x 256 channels, k = 3, d = 1 ... 16).
        x = ops.conv(
            inputs,
            kernel,
            padding="valid",
            data_format="channels_last",
            dilation_rate=self.dilation_rate,
        )  # (batch, frames, filters)
        if self.use_bias:
            x = x + self.bias
        return self.activation(x)

    def _normalized_kernel(self):
        v = ops.convert_to_tensor(self.v)
        kernel = v * (self.g / ops.maximum(_filter_norms(v), keras.config.epsilon()))
        if self.kernel_regularizer is not None:
            self.add_loss(self.kernel_regularizer(kernel))
        return ops.cast(kernel, self.compute_dtype)  # (taps, channels, filters)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "weight_normalization": self.weight_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
        }


def _filter_norms(v):
    return ops.sqrt(ops.sum(ops.square(v), axis=(0, 1)))  # (filters,)


def _require_positive(**arguments):
    for name, value in arguments.items():
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}.")

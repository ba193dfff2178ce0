"""Residual block of a temporal convolutional network."""

import keras
from keras import ops

from satn_keras.layers.dilated_causal_conv1d import DilatedCausalConv1D


@keras.saving.register_keras_serializable(package="satn_keras")
class TemporalBlock(keras.layers.Layer):
    r"""Dilated causal convolutions with a skip past them.

    $$o = \mathrm{ReLU}(x' + \mathcal{F}(x))$$

    F repeats (convolution, ReLU, dropout) `num_convolutions` times, and x' is
    the input itself, or its 1 x 1 convolution where the widths differ.

    Args:
        filters: Output channels.
        kernel_size: Taps of each convolution.
        dilation_rate: Frames from one tap to the next.
        dropout: Share of activations dropped after each ReLU of F. Single
            activations are dropped, as in the authors' code; their paper
            speaks of whole channels.
        weight_normalization: Whether the kernels are weight-normalized.
        num_convolutions: Convolutions in F; two in the paper.
        activation: Function of the sum; the paper's ReLU, or "linear", which leaves
            the skip a path without a bend through all blocks (He et al. 2016).
        batch_normalization: Whether each convolution's output is normalised over the
            true frames of the batch before its ReLU.
        seed: Integer that makes the dropout repeatable, or None.

    Call arguments:
        inputs: (batch, frames, channels), float.
        mask: (batch, frames), bool. True at true frames; all when None.
        training: Whether dropout is on and the batch normalises itself.

    Input shape:
        (batch, frames, channels), float.

    Output shape:
        (batch, frames, filters), in the layer's compute dtype.

    Raises:
        ValueError: if `filters`, `kernel_size`, `dilation_rate` or
            `num_convolutions` is below 1, or `dropout` outside [0, 1].

    Masking:
        The mask passes on unchanged: padding on the right reaches no true
        frame of a causal block, and no statistics of the batch.

    Example:
        >>> block = TemporalBlock(filters=7, kernel_size=3, dilation_rate=4)
        >>> block.receptive_field
        17
        >>> block(ops.ones((2, 11, 5))).shape[1:]
        TensorShape([11, 7])

    References:
        Bai et al. 2018, An empirical evaluation of generic convolutional and
        recurrent networks for sequence modeling, section 3.4 and figure 1.
        He et al. 2016, Identity mappings in deep residual networks, section 3.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        dilation_rate,
        dropout=0.2,
        weight_normalization=True,
        num_convolutions=2,
        activation="relu",
        batch_normalization=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if num_convolutions < 1:
            raise ValueError(
                "`num_convolutions` must be at least 1. "
                f"Received: num_convolutions={num_convolutions}."
            )
        self.filters = filters
        self.kernel_size = kernel_size
        self.dilation_rate = dilation_rate
        self.dropout = dropout
        self.weight_normalization = weight_normalization
        self.num_convolutions = num_convolutions
        self.activation = keras.activations.get(activation)
        self.batch_normalization = batch_normalization
        self.seed = seed
        self.convolutions = [self._convolution(i) for i in range(num_convolutions)]
        self.normalizations = [
            self._normalization(i)
            for i in range(num_convolutions if batch_normalization else 0)
        ]
        self.dropouts = [self._dropout(i) for i in range(num_convolutions)]
        self.skip = None
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self.supports_masking = True

    @property
    def receptive_field(self):
        """Frames that one output frame sees, itself included."""
        return 1 + sum(conv.receptive_field - 1 for conv in self.convolutions)

    def build(self, input_shape):
        shape = input_shape
        for convolution in self.convolutions:
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)
        for layer in (*self.normalizations, *self.dropouts):
            layer.build(shape)
        if input_shape[-1] != self.filters:
            # A dense layer is a 1 x 1 convolution.
            self.skip = keras.layers.Dense(
                self.filters,
                kernel_initializer="he_normal",
                dtype=self.dtype_policy,
                name="skip",
            )
            self.skip.build(input_shape)

    def call(self, inputs, mask=None, training=None):
        x = inputs
        for i, convolution in enumerate(self.convolutions):
            x = convolution(x)  # (batch, frames, filters)
            if self.normalizations:
                x = self.normalizations[i](x, training=training, mask=mask)
            x = self.dropouts[i](ops.relu(x), training=training)
        skip = inputs if self.skip is None else self.skip(inputs)
        return self.activation(x + skip)

    def _convolution(self, i):
        return DilatedCausalConv1D(
            self.filters,
            self.kernel_size,
            dilation_rate=self.dilation_rate,
            weight_normalization=self.weight_normalization,
            dtype=self.dtype_policy,
            name=f"convolution_{i + 1}",
        )

    def _normalization(self, i):
        return keras.layers.BatchNormalization(
            dtype=self.dtype_policy, name=f"normalization_{i + 1}"
        )

    def _dropout(self, i):
        # A seed of its own for each: two equal ones would drop the same units.
        seed = None if self.seed is None else self.seed + i
        return keras.layers.Dropout(
            self.dropout, seed=seed, dtype=self.dtype_policy, name=f"dropout_{i + 1}"
        )

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "dropout": self.dropout,
            "weight_normalization": self.weight_normalization,
            "num_convolutions": self.num_convolutions,
            "activation": keras.activations.serialize(self.activation),
            "batch_normalization": self.batch_normalization,
            "seed": self.seed,
        }

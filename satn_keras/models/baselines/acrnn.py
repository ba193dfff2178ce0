"""3-D ACRNN: convolutions over time and frequency, a BLSTM, attention."""

import keras

from satn_keras.config.systems import Acrnn
from satn_keras.models.attention_blstm import attention_blstm
from satn_keras.models.convolution_block import ConvolutionBlock
from satn_keras.models.posterior import posterior
from satn_keras.models.temporal_encoder import feature_inputs

KERNEL = (5, 3)  # frames, bands
SLOPE = 0.01  # of the leaky ReLU


def build_acrnn(
    num_classes: int,
    config: Acrnn | None = None,
    bands: int = 40,
    channels: int = 3,
    seed: int | None = None,
    name: str = "acrnn",
) -> keras.Model:
    """3-D attention-based convolutional recurrent network of Chen et al. 2018.

    Of the paper: log-mels with first and second derivatives as three channels; a
    convolution of 128 maps and five of 256, each 5 frames x 3 bands; max-pooling
    after the first alone; a linear layer of 768 units a frame; a BLSTM of 128 cells
    a direction; alpha_t = softmax(W h_t) over time; a fully connected layer of 64
    units with batch normalisation; softmax. Of its public code, where the paper is
    silent: "same" padding, leaky ReLU of slope 0.01, first biases of the
    convolutions 0.1, batch normalisation of the linear layer, and, in the place of
    the printed 2 x 2, pooling over 2 frames x 4 bands (`config.pool`). The code's
    attention multiplies a sigmoid; the paper's plain softmax is taken.

    The model has no dropout, so `seed` changes nothing: it is there for a signature
    that all builders share.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `Acrnn` when absent.
        bands: feature bands a frame.
        channels: static features, and derivatives where there are any.
        seed: unused.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2, or `bands` below a pool.

    Example:
        >>> config = Acrnn(name="acrnn", first_filters=3, filters=5, linear_units=7)
        >>> build_acrnn(4, config).get_layer("convolution_1").output[0].shape
        (None, None, 10, 3)

    References:
        Chen, He, Yang, Zhang, 3-D convolutional recurrent neural networks with
        attention model for speech emotion recognition, IEEE Signal Processing
        Letters 25(10), 2018.
    """
    del seed
    config = config or Acrnn(name="acrnn")
    inputs = feature_inputs(bands, channels)
    x, mask = inputs["features"], inputs["mask"]
    for number in range(1, config.num_convolutions + 1):
        first = number == 1
        x, mask = ConvolutionBlock(
            config.first_filters if first else config.filters,
            KERNEL,
            pool_size=config.pool if first else None,
            batch_normalization=False,
            negative_slope=SLOPE,
            initial_bias=0.1,
            name=f"convolution_{number}",
        )(x, mask=mask)
    width = x.shape[-2] * x.shape[-1]
    x = keras.layers.Reshape((-1, width), name="flatten")(x)
    x = keras.layers.Dense(config.linear_units, name="linear")(x)
    x = _activate(x, "linear", mask)
    pooled = attention_blstm(x, mask, config.lstm_units)
    x = keras.layers.Dense(config.dense_units, name="dense")(pooled)
    return keras.Model(inputs, posterior(_activate(x, "dense"), num_classes), name=name)


def _activate(x, name, mask=None):
    x = keras.layers.BatchNormalization(name=f"{name}_normalization")(x, mask=mask)
    return keras.layers.LeakyReLU(SLOPE, name=f"{name}_activation")(x)

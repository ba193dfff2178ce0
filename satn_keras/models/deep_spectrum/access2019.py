"""Attention BLSTM beside a fully convolutional network with attention."""

import keras

from satn_keras.config.systems import DeepSpectrum2019Access
from satn_keras.layers import CellAttentionPooling
from satn_keras.models.attention_blstm import attention_blstm
from satn_keras.models.deep_spectrum.spectrogram_convolutions import (
    spectrogram_convolutions,
)
from satn_keras.models.posterior import posterior
from satn_keras.models.temporal_encoder import feature_inputs


def build_deep_spectrum_access2019(
    num_classes: int,
    config: DeepSpectrum2019Access | None = None,
    bands: int = 40,
    channels: int = 3,
    seed: int | None = None,
    name: str = "deep_spectrum_access2019",
) -> keras.Model:
    """Attention BLSTM beside an attention FCN (Zhao et al., IEEE Access 2019).

    Of the paper: a log-mel spectrogram of 40 bands; two BLSTM layers of 128 cells a
    direction with linear attention over time; beside them three convolutions of 64,
    128 and 128 filters, each with batch normalisation, ReLU, max-pooling and
    dropout, and attention over all cells of the last map with
    e_i = u^T tanh(W a_i + b) and alpha = softmax(0.3 e); both joined, a fully
    connected layer, softmax. Its text has three poolings, its figure two: the text
    is followed.

    Choices where the paper is silent or illegible, after its predecessor of 2018 and
    an independent Keras port: kernels 8 x 8, 5 x 5, 3 x 3, "valid" padding
    (`config.padding`), pools of 2 x 2, dropout 0.2, also between the BLSTM layers,
    128 tanh units in the attention, and 128 ReLU units in the fully connected layer.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `DeepSpectrum2019Access` when absent.
        bands: feature bands a frame.
        channels: of the features; the model takes the first, the static one.
        seed: of the dropout.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2, or `bands` too few for the
            convolutions.

    Example:
        >>> network = build_deep_spectrum_access2019(4)
        >>> network.get_layer("branches").output.shape  # 2 x 128 and 128
        (None, 384)

    References:
        Zhao et al., Exploring deep spectrum representations via attention-based
        recurrent and convolutional neural networks for speech emotion recognition,
        IEEE Access 7, 2019.
    """
    config = config or DeepSpectrum2019Access(name="deep_spectrum_access2019")
    inputs = feature_inputs(bands, channels)
    static, mask = inputs["features"][..., :1], inputs["mask"]
    frames = keras.layers.Reshape((-1, bands), name="flatten")(static)
    recurrent = attention_blstm(
        frames, mask, config.lstm_units, config.num_lstm_layers, config.dropout, seed
    )
    convolved, cells = spectrogram_convolutions(
        static, mask, config, None if seed is None else seed + config.num_lstm_layers
    )
    convolved, _ = CellAttentionPooling(
        config.attention_units, config.attention_scale, name="cell_attention"
    )(convolved, mask=cells)
    joined = keras.layers.Concatenate(name="branches")([recurrent, convolved])
    hidden = keras.layers.Dense(config.dense_units, activation="relu", name="dense")(
        joined
    )
    return keras.Model(inputs, posterior(hidden, num_classes), name=name)

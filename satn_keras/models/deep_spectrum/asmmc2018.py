"""Two-layer attention BLSTM beside a fully convolutional network of the spectrogram."""

import keras

from satn_keras.config.systems import DeepSpectrum2018Asmmc
from satn_keras.models.attention_blstm import attention_blstm
from satn_keras.models.deep_spectrum.spectrogram_convolutions import (
    spectrogram_convolutions,
)
from satn_keras.models.posterior import posterior
from satn_keras.models.temporal_encoder import feature_inputs


def build_deep_spectrum_asmmc2018(
    num_classes: int,
    config: DeepSpectrum2018Asmmc | None = None,
    bands: int = 40,
    channels: int = 3,
    seed: int | None = None,
    name: str = "deep_spectrum_asmmc2018",
) -> keras.Model:
    """Two-layer BLSTM beside a 2-D FCN (Zhao et al., ASMMC-MMAC 2018).

    Of the paper: a mel spectrogram of 40 bands; two BLSTM layers of 128 cells a
    direction, dropout 0.2 between them, linear attention over time; beside them
    three convolutions of 64, 128 and 256 filters, 8 x 8, 5 x 5 and 3 x 3, each with
    batch normalisation, max-pooling 2 x 2, ReLU and dropout 0.25; the maximum over
    the whole map, as in its figure (its text speaks of an average); both joined and
    classified by a dense network.

    Choices where the paper is silent: "valid" padding (`config.padding`), and a
    dense network of one hidden layer of 128 ReLU units, as in the later model.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `DeepSpectrum2018Asmmc` when absent.
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
        >>> network = build_deep_spectrum_asmmc2018(4)
        >>> network.get_layer("convolution_3").output[0].shape
        (None, None, 2, 256)

    References:
        Zhao et al., Deep spectrum feature representations for speech emotion
        recognition, ASMMC-MMAC 2018.
    """
    config = config or DeepSpectrum2018Asmmc(name="deep_spectrum_asmmc2018")
    inputs = feature_inputs(bands, channels)
    static, mask = inputs["features"][..., :1], inputs["mask"]
    frames = keras.layers.Reshape((-1, bands), name="flatten")(static)
    recurrent = attention_blstm(
        frames, mask, config.lstm_units, 2, config.lstm_dropout, seed
    )
    convolved, _ = spectrogram_convolutions(
        static, mask, config, None if seed is None else seed + 2
    )
    # ReLU leaves nothing below 0, the value of a padded cell: none is the maximum.
    convolved = keras.layers.GlobalMaxPooling2D(name="pooling")(convolved)
    joined = keras.layers.Concatenate(name="branches")([recurrent, convolved])
    hidden = keras.layers.Dense(config.dense_units, activation="relu", name="dense")(
        joined
    )
    return keras.Model(inputs, posterior(hidden, num_classes), name=name)

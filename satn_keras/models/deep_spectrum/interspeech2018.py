"""Attention BLSTM beside a temporal fully convolutional network."""

import keras

from satn_keras.config.systems import DeepSpectrum2018Interspeech
from satn_keras.models.attention_blstm import attention_blstm
from satn_keras.models.convolution_block import ConvolutionBlock
from satn_keras.models.pooling import MaskedPooling
from satn_keras.models.posterior import posterior
from satn_keras.models.temporal_encoder import feature_inputs


def build_deep_spectrum_interspeech2018(
    num_classes: int,
    config: DeepSpectrum2018Interspeech | None = None,
    bands: int = 65,
    channels: int = 2,
    seed: int | None = None,
    name: str = "deep_spectrum_interspeech2018",
) -> keras.Model:
    """Attention BLSTM beside a temporal FCN (Zhao et al., Interspeech 2018).

    Of the paper: PCA-whitened descriptors of the frame; a BLSTM of 64 cells a
    direction with linear attention over time and dropout 0.5; beside it two
    temporal convolutions of 128 and 64 filters with batch normalisation and ReLU,
    and their mean over time; both joined, fully connected to the classes.

    Choices. The paper's 743 descriptors of the YAAFE library are not to be had: the
    low-level descriptors of openSMILE's ComParE 2016 set stand in, 65 and their
    first derivatives. Where the paper is silent: kernels of 8 and 5 frames, the
    first two of the FCN family it builds on (Karim et al. 2018), with "same"
    padding. Its dimension shuffle before the BLSTM is read as the layout (frames,
    values): the attention it prints runs over frames, of which an utterance has any
    number.

    Args:
        num_classes: emotions.
        config: sizes; the defaults of `DeepSpectrum2018Interspeech` when absent.
        bands: feature bands a frame.
        channels: static features, and derivatives where there are any.
        seed: of the dropout.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> build_deep_spectrum_interspeech2018(4).get_layer("branches").output.shape
        (None, 192)

    References:
        Zhao et al., Exploring spatio-temporal representations by integrating
        attention-based bidirectional-LSTM-RNNs and FCNs for speech emotion
        recognition, Interspeech 2018.
        Karim, Majumdar, Darabi, Chen, LSTM fully convolutional networks for time
        series classification, IEEE Access 6, 2018.
    """
    config = config or DeepSpectrum2018Interspeech(name="deep_spectrum_interspeech2018")
    inputs = feature_inputs(bands, channels)
    x = keras.layers.Reshape((-1, bands * channels), name="flatten")(inputs["features"])
    recurrent = attention_blstm(x, inputs["mask"], config.lstm_units)
    recurrent = keras.layers.Dropout(config.dropout, seed=seed, name="dropout")(
        recurrent
    )
    convolved, mask = x, inputs["mask"]
    sizes = zip(config.filters, config.kernel_sizes, strict=True)
    for number, (filters, kernel_size) in enumerate(sizes, start=1):
        convolved, mask = ConvolutionBlock(
            filters, (kernel_size,), name=f"convolution_{number}"
        )(convolved, mask=mask)
    convolved = MaskedPooling("mean", name="pooling")(convolved, mask=mask)
    joined = keras.layers.Concatenate(name="branches")([recurrent, convolved])
    return keras.Model(inputs, posterior(joined, num_classes), name=name)

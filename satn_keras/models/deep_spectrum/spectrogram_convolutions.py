"""Convolutions over the static spectrogram, for the two later Deep Spectrum models."""

from satn_keras.config.systems import DeepSpectrum2018Asmmc, DeepSpectrum2019Access
from satn_keras.models.convolution_block import ConvolutionBlock

POOL = 2  # frames, and bands


def spectrogram_convolutions(
    x,
    mask,
    config: DeepSpectrum2018Asmmc | DeepSpectrum2019Access,
    seed: int | None = None,
):
    """Map (batch, frames, bands, channels) of the last block, and its mask.

    Blocks `convolution_1`, `convolution_2`, ... of a square convolution, batch
    normalisation, max-pooling 2 x 2, ReLU and dropout; ReLU comes first in the code,
    which changes nothing, as the maximum keeps its order.

    Args:
        x: symbolic (batch, frames, bands, 1).
        mask: symbolic (batch, frames), true frames.
        config: filters, kernel sizes, padding and dropout.
        seed: of the dropout.

    Raises:
        ValueError: if the spectrogram has too few bands for the blocks.
    """
    fewest = fewest_bands(config)
    if x.shape[2] < fewest:
        raise ValueError(
            f"`bands` must be at least {fewest} for kernel_sizes={config.kernel_sizes} "
            f"and padding={config.padding!r}. Received: bands={x.shape[2]}."
        )
    sizes = zip(config.filters, config.kernel_sizes, strict=True)
    for number, (filters, kernel_size) in enumerate(sizes, start=1):
        x, mask = ConvolutionBlock(
            filters,
            (kernel_size, kernel_size),
            padding=config.padding,
            pool_size=(POOL, POOL),
            dropout=config.dropout,
            seed=None if seed is None else seed + number,
            name=f"convolution_{number}",
        )(x, mask=mask)
    return x, mask


def fewest_bands(config: DeepSpectrum2018Asmmc | DeepSpectrum2019Access) -> int:
    """Bands that leave one band after the last block.

    Example:
        >>> config = DeepSpectrum2019Access(name="deep_spectrum_access2019")
        >>> fewest_bands(config)  # 31 -> 24 -> 12 -> 8 -> 4 -> 2 -> 1
        31
    """
    bands = 1
    for kernel_size in reversed(config.kernel_sizes):
        bands *= POOL
        if config.padding == "valid":
            bands += kernel_size - 1
    return bands

"""Attention BLSTMs beside fully convolutional networks (Zhao et al. 2018, 2019)."""

from satn_keras.models.deep_spectrum.access2019 import build_deep_spectrum_access2019
from satn_keras.models.deep_spectrum.asmmc2018 import build_deep_spectrum_asmmc2018
from satn_keras.models.deep_spectrum.interspeech2018 import (
    build_deep_spectrum_interspeech2018,
)

__all__ = [
    "build_deep_spectrum_access2019",
    "build_deep_spectrum_asmmc2018",
    "build_deep_spectrum_interspeech2018",
]

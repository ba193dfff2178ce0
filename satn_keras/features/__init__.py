"""Waveform to frames of features, on every Keras backend."""

from satn_keras.features.cepstrum import cepstra
from satn_keras.features.deltas import Deltas
from satn_keras.features.descriptor_front_end import DescriptorFrontEnd
from satn_keras.features.descriptor_names import DESCRIPTOR_NAMES
from satn_keras.features.fourier import spectra_by_matrices
from satn_keras.features.front_end import STREAMS, FrontEnd
from satn_keras.features.linear_discriminant import LinearDiscriminant
from satn_keras.features.log_mel import LogMel
from satn_keras.features.mel import frame_count, mel_filterbank
from satn_keras.features.normalization import FeatureNormalization
from satn_keras.features.prosody import Prosody
from satn_keras.features.statistics import FeatureStatistics
from satn_keras.features.utterance_statistics import UtteranceStatistics
from satn_keras.features.whitening import whitening_matrix

__all__ = [
    "DESCRIPTOR_NAMES",
    "STREAMS",
    "Deltas",
    "DescriptorFrontEnd",
    "FeatureNormalization",
    "FeatureStatistics",
    "FrontEnd",
    "LinearDiscriminant",
    "LogMel",
    "Prosody",
    "UtteranceStatistics",
    "cepstra",
    "frame_count",
    "mel_filterbank",
    "spectra_by_matrices",
    "whitening_matrix",
]

"""Waveform to frames of features, on every Keras backend."""

from satn_keras.features.deltas import Deltas
from satn_keras.features.front_end import STREAMS, FrontEnd
from satn_keras.features.log_mel import LogMel
from satn_keras.features.mel import frame_count, mel_filterbank
from satn_keras.features.normalization import FeatureNormalization, FeatureStatistics

__all__ = [
    "STREAMS",
    "Deltas",
    "FeatureNormalization",
    "FeatureStatistics",
    "FrontEnd",
    "LogMel",
    "frame_count",
    "mel_filterbank",
]

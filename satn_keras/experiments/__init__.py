"""Whole experiments, from folds to reports; folds and protocol load no TensorFlow."""

from satn_keras.experiments.folds import (
    Fold,
    hold_out_speakers,
    leave_one_session_out,
    leave_one_speaker_out,
    make_folds,
    published_folds,
    speaker_folds,
    speaker_sentence_folds,
)
from satn_keras.experiments.protocol import Figure, Protocol, select_best

__all__ = [
    "Figure",
    "Fold",
    "Protocol",
    "hold_out_speakers",
    "leave_one_session_out",
    "leave_one_speaker_out",
    "make_folds",
    "published_folds",
    "select_best",
    "speaker_folds",
    "speaker_sentence_folds",
]

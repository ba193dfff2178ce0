"""Whole experiments, from folds to reports; folds load no TensorFlow."""

from satn_keras.experiments.folds import (
    Fold,
    hold_out_speakers,
    leave_one_session_out,
    leave_one_speaker_out,
)

__all__ = [
    "Fold",
    "hold_out_speakers",
    "leave_one_session_out",
    "leave_one_speaker_out",
]

"""Protocols: every division of a manifest into training, validation and test."""

from satn_keras.experiments.folds.choice import make_folds
from satn_keras.experiments.folds.datasets import cross_corpus
from satn_keras.experiments.folds.fold import PARTS, Fold
from satn_keras.experiments.folds.published import published_folds
from satn_keras.experiments.folds.sentences import speaker_sentence_folds
from satn_keras.experiments.folds.sessions import leave_one_session_out
from satn_keras.experiments.folds.speakers import (
    hold_out_speakers,
    leave_one_speaker_out,
    speaker_folds,
)

__all__ = [
    "PARTS",
    "Fold",
    "cross_corpus",
    "hold_out_speakers",
    "leave_one_session_out",
    "leave_one_speaker_out",
    "make_folds",
    "published_folds",
    "speaker_folds",
    "speaker_sentence_folds",
]

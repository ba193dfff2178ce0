"""Whole experiments, from folds to reports; folds and protocol load no TensorFlow.

Names load when they are first used: which models there are needs no corpora.
"""

from satn_keras.lazy_names import lazy_names

_HOMES = {
    "Figure": "protocol",
    "Fold": "folds",
    "Protocol": "protocol",
    "hold_out_speakers": "folds",
    "leave_one_session_out": "folds",
    "leave_one_speaker_out": "folds",
    "make_folds": "folds",
    "published_folds": "folds",
    "select_best": "protocol",
    "speaker_folds": "folds",
    "speaker_sentence_folds": "folds",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)

"""Emotion recognisers that the transfer network is compared with."""

from satn_keras.models.baselines.acrnn import build_acrnn
from satn_keras.models.baselines.attention_rnn import build_attention_rnn
from satn_keras.models.baselines.context_frames import ContextFrames
from satn_keras.models.baselines.dnn_elm import build_segment_network
from satn_keras.models.baselines.dnn_hmm import build_state_network
from satn_keras.models.baselines.extreme_learning_machine import ExtremeLearningMachine
from satn_keras.models.baselines.gmm_hmm import GmmHmmClassifier
from satn_keras.models.baselines.null_class_loss import NullClassLoss
from satn_keras.models.baselines.rnn_elm import build_sequence_network
from satn_keras.models.baselines.utterance_statistics import utterance_statistics

__all__ = [
    "ContextFrames",
    "ExtremeLearningMachine",
    "GmmHmmClassifier",
    "NullClassLoss",
    "build_acrnn",
    "build_attention_rnn",
    "build_segment_network",
    "build_sequence_network",
    "build_state_network",
    "utterance_statistics",
]

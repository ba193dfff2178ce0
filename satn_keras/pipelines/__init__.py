"""Utterances to batches: decode, extract, store, shuffle, bucket, pad, normalise."""

from satn_keras.pipelines.audio import decode, read_audio
from satn_keras.pipelines.batches import Batcher, emotion_targets, speech_targets
from satn_keras.pipelines.feature_store import FeatureStore, build_store
from satn_keras.pipelines.targets import Targets

__all__ = [
    "Batcher",
    "FeatureStore",
    "Targets",
    "build_store",
    "decode",
    "emotion_targets",
    "read_audio",
    "speech_targets",
]

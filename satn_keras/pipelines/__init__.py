"""Utterances to batches: decode, extract, store, shuffle, bucket, pad, normalise."""

from satn_keras.pipelines.audio import decode, read_audio
from satn_keras.pipelines.batches import Batcher, emotion_targets, speech_targets
from satn_keras.pipelines.feature_pool import shared_features
from satn_keras.pipelines.feature_store import FeatureStore, build_store
from satn_keras.pipelines.partners import draw_partners
from satn_keras.pipelines.segments import SegmentBatcher
from satn_keras.pipelines.targets import Targets
from satn_keras.pipelines.voicing import VoicedFrames, voiced_targets

__all__ = [
    "Batcher",
    "FeatureStore",
    "SegmentBatcher",
    "Targets",
    "VoicedFrames",
    "build_store",
    "decode",
    "draw_partners",
    "emotion_targets",
    "read_audio",
    "shared_features",
    "speech_targets",
    "voiced_targets",
]

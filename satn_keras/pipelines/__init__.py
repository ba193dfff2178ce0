"""Utterances to batches: decode, extract, store, shuffle, bucket, pad, normalise."""

from satn_keras.pipelines.audio import decode, read_audio
from satn_keras.pipelines.batch_targets import emotion_targets, speech_targets
from satn_keras.pipelines.batches import Batcher
from satn_keras.pipelines.feature_pool import shared_features
from satn_keras.pipelines.feature_store import FeatureStore
from satn_keras.pipelines.partners import draw_partners
from satn_keras.pipelines.prepared_features import prepared_features
from satn_keras.pipelines.segments import SegmentBatcher
from satn_keras.pipelines.shard_index import ShardIndex
from satn_keras.pipelines.shard_store import ShardStore
from satn_keras.pipelines.store_building import build_store
from satn_keras.pipelines.targets import Targets
from satn_keras.pipelines.training_batches import TrainingBatches
from satn_keras.pipelines.voicing import VoicedFrames, voiced_targets

__all__ = [
    "Batcher",
    "FeatureStore",
    "SegmentBatcher",
    "ShardIndex",
    "ShardStore",
    "Targets",
    "TrainingBatches",
    "VoicedFrames",
    "build_store",
    "decode",
    "draw_partners",
    "emotion_targets",
    "prepared_features",
    "read_audio",
    "shared_features",
    "speech_targets",
    "voiced_targets",
]

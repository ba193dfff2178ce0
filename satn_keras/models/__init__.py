"""Builders of the networks: `build_x(config) -> keras.Model`."""

from satn_keras.models.frame_pooling import FramePooling
from satn_keras.models.gated_sum import GatedSum
from satn_keras.models.pooling import MaskedPooling
from satn_keras.models.speech_decoder import SpeechDecoder
from satn_keras.models.speech_losses import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
)
from satn_keras.models.student import build_student
from satn_keras.models.teacher import build_teacher
from satn_keras.models.transcriber import Transcriber

__all__ = [
    "FramePooling",
    "GatedSum",
    "GuidedAttention",
    "MaskedPooling",
    "SpeechDecoder",
    "TokenAccuracy",
    "TokenCTC",
    "TokenCrossentropy",
    "Transcriber",
    "build_student",
    "build_teacher",
]

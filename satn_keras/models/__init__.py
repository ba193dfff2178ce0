"""Builders of the networks: `build_x(config) -> keras.Model`."""

from satn_keras.models.attentive_statistics import AttentiveStatistics
from satn_keras.models.baselines import (
    ContextFrames,
    ExtremeLearningMachine,
    GmmHmmClassifier,
    NullClassLoss,
    build_acrnn,
    build_attention_rnn,
    build_segment_network,
    build_sequence_network,
    build_state_network,
    utterance_statistics,
)
from satn_keras.models.convolution_block import ConvolutionBlock
from satn_keras.models.deep_spectrum import (
    build_deep_spectrum_access2019,
    build_deep_spectrum_asmmc2018,
    build_deep_spectrum_interspeech2018,
)
from satn_keras.models.frame_pooling import FramePooling
from satn_keras.models.gated_streams import GatedStreams
from satn_keras.models.gated_sum import GatedSum
from satn_keras.models.networks import NETWORKS, build_network
from satn_keras.models.pooling import MaskedPooling
from satn_keras.models.posterior_product import PosteriorProduct
from satn_keras.models.speech_decoder import SpeechDecoder
from satn_keras.models.speech_losses import (
    GuidedAttention,
    TokenAccuracy,
    TokenCrossentropy,
    TokenCTC,
)
from satn_keras.models.stream_bands import StreamBands
from satn_keras.models.student import build_student
from satn_keras.models.teacher import build_teacher
from satn_keras.models.transcriber import Transcriber

__all__ = [
    "NETWORKS",
    "AttentiveStatistics",
    "ContextFrames",
    "ConvolutionBlock",
    "ExtremeLearningMachine",
    "FramePooling",
    "GatedStreams",
    "GatedSum",
    "GmmHmmClassifier",
    "GuidedAttention",
    "MaskedPooling",
    "PosteriorProduct",
    "NullClassLoss",
    "SpeechDecoder",
    "StreamBands",
    "TokenAccuracy",
    "TokenCTC",
    "TokenCrossentropy",
    "Transcriber",
    "build_acrnn",
    "build_attention_rnn",
    "build_deep_spectrum_access2019",
    "build_deep_spectrum_asmmc2018",
    "build_deep_spectrum_interspeech2018",
    "build_network",
    "build_segment_network",
    "build_sequence_network",
    "build_state_network",
    "build_student",
    "build_teacher",
    "utterance_statistics",
]

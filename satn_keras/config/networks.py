"""Sizes of teacher and student."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from satn_keras.config.base import Fraction, Positive, Section


class EncoderConfig(Section):
    """Dilated causal TCN, or one BLSTM, followed by self-attention."""

    encoder: Literal["tcn", "blstm"] = "tcn"
    lstm_units: Positive = 128  # of each direction of "blstm"
    num_levels: int = Field(5, ge=1, le=16)
    filters: Positive = 256
    kernel_size: Positive = 3
    convolutions: Positive = 2  # of each level
    level_activation: Literal["relu", "linear"] = "relu"  # of a level's sum
    dropout: Fraction = 0.2
    weight_normalization: bool = True
    batch_normalization: bool = False  # of each convolution, before its ReLU
    level_normalization: Literal["none", "layer"] = "none"  # of each level
    attention_units: Positive = 256
    attention_heads: Positive = 1
    causal_attention: bool = False
    attention_reach: Positive | None = None  # frames to each side; None sees all
    attention_chunk: Positive | None = None  # queries at a time; the map is not kept

    @property
    def dilation_rates(self) -> tuple[int, ...]:
        """1, 2, 4, ... one a level."""
        return tuple(2**level for level in range(self.num_levels))

    @model_validator(mode="after")
    def _heads_divide(self):
        if self.attention_units % self.attention_heads:
            raise ValueError("`attention_heads` must divide `attention_units`")
        return self

    @model_validator(mode="after")
    def _one_way_to_attend(self):
        if self.attention_reach and self.attention_chunk:
            raise ValueError(
                "`attention_reach` already bounds the memory: give it or "
                "`attention_chunk`, not both"
            )
        return self

    @property
    def keeps_attention_map(self) -> bool:
        """Whether self-attention gives a weight for each pair of frames."""
        return self.attention_reach is None and self.attention_chunk is None


class TeacherConfig(EncoderConfig):
    """Speech recogniser: encoder, Bahdanau attention, LSTM decoder."""

    level_normalization: Literal["none", "layer"] = "layer"
    decoder_units: Positive = 256
    embedding_units: Positive = 64
    alignment_units: Positive = 256
    query_token: bool = True  # the attention's query knows the token before
    location_filters: int = Field(10, ge=0)  # over the alignment of the step before
    residual_attention: bool = True  # the decoder reads TCN + g Z, not Z alone
    memory_stride: Positive = 3  # encoder frames averaged into one for the decoder
    max_target_length: Positive = 200  # tokens


class StudentConfig(EncoderConfig):
    """Emotion recogniser: a shallower encoder, pooling, posterior."""

    num_levels: int = Field(3, ge=1, le=16)
    attention: Literal["self", "soft"] = "self"
    pooling: Literal["mean", "mean_deviation", "attention", "attentive_statistics"] = (
        "mean"
    )
    pooling_heads: int = Field(4, ge=0)  # of "attentive_statistics"
    pooled_dropout: Fraction = 0.0
    # Feature streams side by side, behind gates, or each with an encoder of its own.
    stream_join: Literal["early", "gated", "late"] = "early"
    # Of a linear discriminant of the utterance's statistics, beside the network.
    statistics_weight: float = Field(0.0, ge=0)
    statistics_shrinkage: Fraction = 0.3  # of its covariance
    # "agreement" trusts statistics that mean the same in every training voice.
    statistics_scaling: Literal["none", "agreement"] = "none"
    # "speakers": one temperature, by what the discriminant says of training speakers
    # whom it was not fitted on.
    posterior_calibration: Literal["none", "speakers"] = "none"
    # "speaker" centres the log posteriors of each speaker's utterances.
    posterior_normalization: Literal["none", "speaker"] = "none"
    # Utterances of a speaker at which their own mean counts by half there.
    posterior_relevance: float = Field(0.0, ge=0)

"""Frozen values that describe one experiment, read from and written to YAML.

One recipe is one YAML file; `key.sub_key=value` overrides it on the command
line. Every default carries its reason in docs/recipes.md.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from satn_keras.errors import ConfigError
from satn_keras.recipe_file import apply_override, first_fault, read_recipe

Positive = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Weight = Annotated[float, Field(ge=0)]
# Names, or how many. Strict: the speaker "03" is no count of three.
Speakers = tuple[str, ...] | Annotated[int, Field(strict=True, ge=0)]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FeatureConfig(_Config):
    """Waveform to frames of features.

    The defaults are the filterbank of python_speech_features as the 3-D ACRNN
    code calls it: int16 scale, pre-emphasis, rectangular window, natural log.
    """

    sample_rate: Positive = 16000  # Hz
    streams: tuple[Literal["log_mel"], ...] = Field(("log_mel",), min_length=1)
    window_seconds: float = Field(0.025, gt=0)
    hop_seconds: float = Field(0.010, gt=0)
    window: Literal["rectangular", "hamming", "hann"] = "rectangular"
    fft_length: Positive = 512  # samples
    num_mels: Positive = 40
    low_frequency: float = Field(0.0, ge=0)  # Hz
    high_frequency: float | None = None  # Hz, half the sample rate when absent
    preemphasis: float = Field(0.97, ge=0, lt=1)
    full_scale: float = Field(32768.0, gt=0)  # a sample of 1.0 becomes this
    delta_reach: Positive = 2  # frames on each side
    normalization: Literal["none", "utterance", "speaker", "training"] = "training"

    @property
    def window_length(self) -> int:
        """Samples in one window."""
        return round(self.window_seconds * self.sample_rate)

    @property
    def hop_length(self) -> int:
        """Samples from one frame to the next."""
        return round(self.hop_seconds * self.sample_rate)

    @model_validator(mode="after")
    def _window_fits(self):
        if min(self.hop_length, self.window_length) < 1:
            raise ValueError(
                "`hop_seconds` and `window_seconds` must be at least one sample"
            )
        if self.window_length > self.fft_length:
            raise ValueError(
                f"`fft_length` must hold one window of {self.window_length} samples"
            )
        nyquist = self.sample_rate / 2
        highest = nyquist if self.high_frequency is None else self.high_frequency
        if not self.low_frequency < highest <= nyquist:
            raise ValueError(
                "`low_frequency` < `high_frequency` <= half the sample rate must hold"
            )
        return self


class EncoderConfig(_Config):
    """Dilated causal TCN followed by self-attention."""

    num_levels: int = Field(5, ge=1, le=16)
    filters: Positive = 256
    kernel_size: Positive = 3
    dropout: Fraction = 0.2
    weight_normalization: bool = True
    level_normalization: Literal["none", "layer"] = "none"  # after each level
    attention_units: Positive = 256
    attention_heads: Positive = 1
    causal_attention: bool = False

    @property
    def dilation_rates(self) -> tuple[int, ...]:
        """1, 2, 4, ... one a level."""
        return tuple(2**level for level in range(self.num_levels))

    @model_validator(mode="after")
    def _heads_divide(self):
        if self.attention_units % self.attention_heads:
            raise ValueError("`attention_heads` must divide `attention_units`")
        return self


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
    pooling: Literal["mean", "mean_deviation", "attention"] = "mean"


class TransferConfig(_Config):
    """What the student copies from the teacher, and how much it counts."""

    weight: Weight = 1.0  # W_AT
    map: Literal["activation", "attention"] = "activation"
    power: float = Field(2.0, gt=0)  # p in the sum of |A|^p
    normalization: Literal["l1", "l2"] = "l1"
    distance: Literal["l1", "l2"] = "l1"
    pairs: tuple[tuple[str, str], ...] | None = None  # (student, teacher) layers


class AugmentationConfig(_Config):
    """Changes to training audio and features, never to other parts."""

    speeds: tuple[Annotated[float, Field(gt=0.5, lt=2)], ...] = ()
    frequency_masks: int = Field(0, ge=0)
    frequency_mask_width: Positive = 8  # bands
    time_masks: int = Field(0, ge=0)
    time_mask_width: Positive = 20  # frames


class TrainingConfig(_Config):
    """Optimisation and the data order."""

    epochs: Positive = 100
    batch_size: Positive = 32
    learning_rate: float = Field(1e-4, gt=0)
    learning_rate_decay: Literal["none", "cosine"] = "none"
    warmup_epochs: float = Field(0.0, ge=0)
    clip_norm: float | None = Field(None, gt=0)
    patience: Positive | None = None  # epochs without a better validation score
    class_weights: Literal["none", "balanced"] = "none"
    segment_frames: Positive | None = None  # training crops; whole otherwise
    cache: Literal["memory", "disk", "none"] = "memory"
    augmentation: AugmentationConfig = AugmentationConfig()


class TeacherTrainingConfig(TrainingConfig):
    """The remedies that make an attention decoder align on little speech."""

    selection: Literal["per", "loss"] = "per"
    segment_frames: None = None  # a crop would no longer say its text
    label_smoothing: Fraction = 0.0
    ctc_weight: Fraction = 0.3  # share of the CTC loss on the encoder
    guided_attention_weight: Weight = 0.0
    guided_attention_width: float = Field(0.2, gt=0)
    scheduled_sampling: Fraction = 0.0  # share of the decoder's own tokens
    curriculum_epochs: int = Field(0, ge=0)  # epochs in order of length


class StudentTrainingConfig(TrainingConfig):
    """Emotion training; `ua` selects the epoch, as in the paper."""

    selection: Literal["ua", "loss"] = "ua"
    segment_frames: Positive | None = 300


class PhonemeConfig(_Config):
    """Transcripts to the teacher's target tokens."""

    lexicon: Literal["cmudict", "espeak", "graphemes"] = "cmudict"
    language: str = "en-us"  # espeak-ng voice, where the lexicon needs one


class DataConfig(_Config):
    """Which utterances serve which part.

    Speakers are named, or counted: a number takes that many in sorted order
    after a shuffle by the seed.
    """

    emotions: str | None = None  # manifest with labels
    transcripts: str | None = None  # manifest with texts
    classes: tuple[str, ...] | None = None  # of the manifest when absent
    test_speakers: Speakers = 1
    validation_speakers: Speakers = 1
    teacher_test_speakers: Speakers = 1
    teacher_validation_speakers: Speakers = 1


class ExperimentConfig(_Config):
    """One recipe: everything that decides a run, seed first."""

    seed: int = Field(1, ge=0)
    data: DataConfig = DataConfig()
    features: FeatureConfig = FeatureConfig()
    phonemes: PhonemeConfig = PhonemeConfig()
    teacher: TeacherConfig = TeacherConfig()
    teacher_training: TeacherTrainingConfig = TeacherTrainingConfig()
    student: StudentConfig = StudentConfig()
    student_training: StudentTrainingConfig = StudentTrainingConfig()
    transfer: TransferConfig = TransferConfig()

    @classmethod
    def from_yaml(
        cls, path: str | pathlib.Path, overrides: Sequence[str] = ()
    ) -> ExperimentConfig:
        """Recipe at `path`, changed by `overrides` such as "transfer.weight=0.1".

        Raises:
            ConfigError: if the file cannot be read, a key is unknown or a value
                breaks its rule. The message names file, key, rule and remedy.
        """
        values = read_recipe(pathlib.Path(path))
        for override in overrides:
            apply_override(values, override)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ConfigError(f"{path}: {first_fault(cls, error)}") from error

    def to_yaml(self) -> str:
        """YAML text that `from_yaml` reads back to an equal value."""
        return yaml.safe_dump(
            self.model_dump(mode="json"), sort_keys=False, allow_unicode=True
        )

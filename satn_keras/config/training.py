"""Settings of transfer, augmentation and optimisation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satn_keras.config.base import Fraction, Positive, Section, Weight

Factor = Annotated[float, Field(gt=0.5, lt=2)]
Decibels = Annotated[float, Field(ge=-20, le=60)]


class TransferConfig(Section):
    """What the student copies from the teacher, and how much it counts."""

    weight: Weight = 1.0  # W_AT
    map: Literal["activation", "attention"] = "activation"
    power: float = Field(2.0, gt=0)  # p in the sum of |A|^p
    normalization: Literal["l1", "l2"] = "l1"
    distance: Literal["l1", "l2"] = "l1"
    pairs: tuple[tuple[str, str], ...] | None = None  # (student, teacher) layers
    # What stands in for the trained teacher's map, to tell what the map is worth.
    control: Literal["none", "untrained", "uniform", "shuffled", "other_utterance"] = (
        "none"
    )
    initialization: Literal["none", "teacher"] = "none"  # of the shared levels
    # stored: the teacher hears once what is the same in each epoch, the rest in each
    # step. whole: it hears whole utterances once, and crops have pieces of their maps.
    teacher_maps: Literal["stored", "whole", "each_step"] = "stored"
    # Epoch by epoch the weight falls to zero, or rises from zero, and then stays.
    annealing: Literal["none", "linear", "cosine"] = "none"
    annealing_direction: Literal["down", "up"] = "down"
    annealed_epochs: Positive | None = None  # all of the training when absent

    @model_validator(mode="after")
    def _what_is_annealed_is_there(self):
        if self.annealing != "none" and not self.weight:
            raise ValueError(
                f"`annealing` {self.annealing} changes `weight` over the epochs, which "
                "is 0. Give the largest weight, and with `annealing_direction` up it "
                "begins at zero"
            )
        told = self.annealing_direction != "down" or self.annealed_epochs is not None
        if self.annealing == "none" and told:
            raise ValueError(
                "`annealing_direction` and `annealed_epochs` have no effect on "
                "`annealing` none. Choose linear or cosine, or leave them out"
            )
        return self

    @property
    def needs_teacher(self) -> bool:
        """Whether a run by these settings reads a teacher."""
        return self.weight > 0 or self.initialization == "teacher"


class NoiseConfig(Section):
    """Levels of generated noise: the utterance's energy over the noise's, in dB."""

    white: tuple[Decibels, ...] = ()
    pink: tuple[Decibels, ...] = ()
    speech: tuple[Decibels, ...] = ()  # of the utterance's own spectrum
    babble: tuple[Decibels, ...] = ()  # of talkers made of the utterance


class AugmentationConfig(Section):
    """Changes to training audio and features, never to other parts."""

    # Each of these is one more version of every utterance.
    speeds: tuple[Factor, ...] = ()
    pitches: tuple[Annotated[float, Field(ge=-12, le=12)], ...] = ()  # semitones
    vocal_tracts: tuple[Factor, ...] = ()  # of the formants' frequencies
    noises: NoiseConfig = NoiseConfig()
    reverberations: tuple[Annotated[float, Field(ge=0.05, le=5)], ...] = ()  # RT60, s
    frequency_masks: int = Field(0, ge=0)
    frequency_mask_width: Positive = 8  # bands
    time_masks: int = Field(0, ge=0)
    time_mask_width: Positive = 20  # frames


class TrainingConfig(Section):
    """Optimisation and the data order."""

    epochs: Positive = 100
    batch_size: Positive = 32
    learning_rate: float = Field(1e-4, gt=0)
    learning_rate_decay: Literal["none", "cosine"] = "none"
    warmup_epochs: float = Field(0.0, ge=0)
    clip_norm: float | None = Field(None, gt=0)
    patience: Positive | None = None  # epochs without a better validation score
    class_weights: Literal["none", "balanced"] = "none"
    label_smoothing: Fraction = 0.0  # share of the truth spread over all classes
    weight_decay: Weight = 0.0  # share of each matrix lost in a step, over the rate
    weight_averaging: float | None = Field(None, gt=0, lt=1)  # momentum of the average
    segment_frames: Positive | None = None  # training crops; whole otherwise
    cache: Literal["memory", "disk", "none"] = "memory"
    backup_batches: Positive | None = None  # also within an epoch, after so many
    augmentation: AugmentationConfig = AugmentationConfig()
    # What the network computes in; its variables are float32 in every precision.
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    jit: bool = False  # XLA, with batches padded to a few lengths


class TeacherTrainingConfig(TrainingConfig):
    """The remedies that make an attention decoder align on little speech."""

    selection: Literal["per", "loss"] = "per"
    segment_frames: None = None  # a crop would no longer say its text
    ctc_weight: Fraction = 0.3  # share of the CTC loss on the encoder
    guided_attention_weight: Weight = 0.0
    guided_attention_width: float = Field(0.2, gt=0)
    scheduled_sampling: Fraction = 0.0  # share of the decoder's own tokens
    curriculum_epochs: int = Field(0, ge=0)  # epochs in order of length


class StudentTrainingConfig(TrainingConfig):
    """Emotion training; `ua` selects the epoch, as in the paper."""

    selection: Literal["ua", "loss", "last"] = "ua"  # last: without a choice
    segment_frames: Positive | None = 300
    mixup: Weight = 0.0  # alpha of the Beta distribution of two utterances' shares
    # Of the reversed gradient of a classifier of the training speakers.
    adversarial_weight: Weight = 0.0
    adversarial_units: Positive = 64  # of its hidden layer
    # What comes equally often in an epoch, by leaving out and repeating utterances.
    sampling: Literal["none", "classes", "speakers", "both"] = "none"

    @model_validator(mode="after")
    def _the_last_epoch_waits_for_none(self):
        if self.selection == "last" and self.patience is not None:
            raise ValueError(
                "`patience` waits for a better validation score, and `selection` last "
                "looks at none. Leave `patience` out"
            )
        return self

    @model_validator(mode="after")
    def _rare_classes_count_once(self):
        if self.class_weights == "balanced" and self.sampling in ("classes", "both"):
            raise ValueError(
                f"`sampling` {self.sampling} already has each class as often as any "
                "other: with `class_weights` balanced a rare one would count twice. "
                "Leave one of the two out"
            )
        return self

    @model_validator(mode="after")
    def _an_adversary_has_a_weight(self):
        default = type(self).model_fields["adversarial_units"].default
        if self.adversarial_units != default and not self.adversarial_weight:
            raise ValueError(
                "`adversarial_units` has no effect where `adversarial_weight` is 0. "
                "Leave it out"
            )
        return self

"""One recipe: every section, read from and written to YAML."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from satn_keras.config.base import Section
from satn_keras.config.data import DataConfig, PhonemeConfig, ProtocolConfig
from satn_keras.config.features import FeatureConfig
from satn_keras.config.networks import StudentConfig, TeacherConfig
from satn_keras.config.systems import Satn, SystemConfig
from satn_keras.config.training import (
    StudentTrainingConfig,
    TeacherTrainingConfig,
    TransferConfig,
)
from satn_keras.errors import ConfigError
from satn_keras.recipe_file import apply_override, first_fault, read_recipe

# Systems that do not learn by the cross-entropy of an utterance's class.
_OWN_LOSS = ("dnn_elm", "rnn_elm", "gmm_hmm", "dnn_hmm", "functionals_svm")


class ExperimentConfig(Section):
    """One recipe: everything that decides a run, seed first."""

    seed: int = Field(1, ge=0)
    deterministic: bool = False  # the same bits from each run of the seed, slower
    data: DataConfig = DataConfig()
    protocol: ProtocolConfig = ProtocolConfig()
    features: FeatureConfig = FeatureConfig()
    phonemes: PhonemeConfig = PhonemeConfig()
    teacher: TeacherConfig = TeacherConfig()
    teacher_training: TeacherTrainingConfig = TeacherTrainingConfig()
    system: SystemConfig = Satn()
    student: StudentConfig = StudentConfig()
    student_training: StudentTrainingConfig = StudentTrainingConfig()
    transfer: TransferConfig = TransferConfig()

    @model_validator(mode="before")
    @classmethod
    def _only_satn_copies(cls, values: Any) -> Any:
        """Other systems have no attention to compare: their weight is 0."""
        if isinstance(values, dict) and "transfer" not in values:
            system = values.get("system") or {}
            name = system.get("name") if isinstance(system, dict) else system.name
            if name not in (None, "satn"):
                return {**values, "transfer": {"weight": 0.0}}
        return values

    @model_validator(mode="after")
    def _others_need_no_teacher(self):
        if self.system.name != "satn" and self.transfer.needs_teacher:
            raise ValueError(
                f"`system` {self.system.name} copies no teacher: `transfer.weight` "
                "must be 0"
            )
        return self

    @model_validator(mode="after")
    def _a_speaker_is_known_or_not(self):
        """So that one name, `speaker`, tells the runs that know whom they hear."""
        if self.student.posterior_normalization == "none":
            return self
        if self.features.normalization != "speaker" or self.system.name != "satn":
            raise ValueError(
                "`student.posterior_normalization` speaker needs "
                "`features.normalization` speaker and the system satn"
            )
        return self

    @model_validator(mode="after")
    def _only_a_network_has_a_prior(self):
        if self.features.speaker_prior_seconds and self.system.name in _OWN_LOSS:
            raise ValueError(
                "`features.speaker_prior_seconds` has no effect on the system "
                f"{self.system.name}. Set it to 0"
            )
        return self

    @model_validator(mode="after")
    def _whom_it_knows_can_be_enrolled(self):
        if not self.protocol.enrolment_utterances:
            return self
        # Of a support vector machine; other systems of `_OWN_LOSS` have none.
        known = getattr(self.system, "normalization", None)
        if self.system.name not in _OWN_LOSS:
            known = self.features.normalization
        if known != "speaker":
            raise ValueError(
                "`protocol.enrolment_utterances` introduce speakers to what normalises "
                "by speaker: `features.normalization` speaker in a network, or "
                "`system.normalization` speaker in functionals_svm. Set it, or leave "
                "the key out"
            )
        return self

    @model_validator(mode="after")
    def _only_satn_has_a_second_judge(self):
        if self.student.statistics_weight and self.system.name != "satn":
            raise ValueError(
                "`student.statistics_weight` has no effect on the system "
                f"{self.system.name}. Leave it out"
            )
        return self

    @model_validator(mode="after")
    def _several_streams_are_joined(self):
        join, features = self.student.stream_join, self.features
        if join == "early":
            return self
        several = len(features.streams) > 1 and features.descriptors == "none"
        if self.system.name != "satn" or not several:
            raise ValueError(
                f"`student.stream_join` {join} joins two or more `features.streams` in "
                "the system satn. Name both, as in [log_mel, prosody], or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _compared_maps_are_kept(self):
        student, transfer = self.student, self.transfer
        compared = transfer.weight > 0 and transfer.map == "attention"
        if compared and student.attention == "self" and not student.keeps_attention_map:
            raise ValueError(
                "`transfer.map` attention compares weights of each pair of frames, "
                "which `student.attention_reach` and `student.attention_chunk` do not "
                "keep: choose `transfer.map` activation, or neither of the two"
            )
        return self

    @model_validator(mode="after")
    def _networks_alone_have_these(self):
        settings = self.student_training
        for name in ("label_smoothing", "mixup", "adversarial_weight", "sampling"):
            changed = getattr(settings, name) not in (0, "none")
            if changed and self.system.name in _OWN_LOSS:
                raise ValueError(
                    f"`student_training.{name}` has no effect on the system "
                    f"{self.system.name}. Leave it out"
                )
        return self

    @model_validator(mode="after")
    def _one_other_utterance_is_enough(self):
        control = self.transfer.weight > 0 and self.transfer.control
        if self.student_training.mixup and control == "other_utterance":
            raise ValueError(
                "`student_training.mixup` must be 0 where `transfer.control` is "
                "other_utterance: whose map should a mixture copy?"
            )
        return self

    @model_validator(mode="after")
    def _xla_is_not_deterministic(self):
        for name in ("teacher_training", "student_training"):
            if self.deterministic and getattr(self, name).jit:
                raise ValueError(
                    f"`{name}.jit` must be false where `deterministic` is true: "
                    "TensorFlow does not promise the same bits by XLA"
                )
        return self

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

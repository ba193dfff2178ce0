"""Frozen values that describe one experiment, read from and written to YAML.

One recipe is one YAML file; `key.sub_key=value` overrides it on the command
line. Every default carries its reason in docs/recipes.md.
"""

from satn_keras.config import systems
from satn_keras.config.data import DataConfig, PhonemeConfig, ProtocolConfig
from satn_keras.config.experiment import ExperimentConfig
from satn_keras.config.features import FeatureConfig
from satn_keras.config.networks import EncoderConfig, StudentConfig, TeacherConfig
from satn_keras.config.prosody_names import PROSODY_NAMES, VOICED_NAMES
from satn_keras.config.systems import SystemConfig
from satn_keras.config.training import (
    AugmentationConfig,
    StudentTrainingConfig,
    TeacherTrainingConfig,
    TrainingConfig,
    TransferConfig,
)

__all__ = [
    "PROSODY_NAMES",
    "VOICED_NAMES",
    "AugmentationConfig",
    "DataConfig",
    "EncoderConfig",
    "ExperimentConfig",
    "FeatureConfig",
    "PhonemeConfig",
    "ProtocolConfig",
    "StudentConfig",
    "StudentTrainingConfig",
    "SystemConfig",
    "TeacherConfig",
    "TeacherTrainingConfig",
    "TrainingConfig",
    "TransferConfig",
    "systems",
]

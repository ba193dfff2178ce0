"""Whether a student of a recipe can copy its teacher, found out before any training."""

from __future__ import annotations

import os

import keras

from satn_keras.config import ExperimentConfig
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.student_trainer import make_network, make_trainer
from satn_keras.experiments.teachers import Teacher


def check_copying(config: ExperimentConfig, teacher: str | os.PathLike) -> None:
    """Refuse a teacher whose maps or weights the recipe's student cannot take.

    Both networks are built and joined as for a training, in seconds.

    Args:
        config: the recipe, which needs a teacher.
        teacher: its run folder or name.

    Raises:
        ArtifactError: if there is no trained teacher.
        ConfigError: if layers that are to be compared are missing, or none that is to
            begin with the teacher's weights has its sizes.
    """
    model = Teacher.load(RunDirectory.open(teacher)).model
    student = make_network(config, 2, make_front_end(config.features))
    make_trainer(student, model, config, num_speakers=2)
    keras.backend.clear_session()

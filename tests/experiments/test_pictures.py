"""Pictures of attention, for every kind of student."""

import dataclasses

import keras
import pytest

from satn_keras.config import StudentConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.pictures import picture_attention
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.teachers import Teacher
from satn_keras.models import build_student


@pytest.mark.parametrize("attention", ["self", "soft"])
@pytest.mark.parametrize("with_teacher", [False, True])
def test_attention_is_drawn_with_and_without_a_teacher(
    student, teacher_run, small_manifest, tmp_path, attention, with_teacher
):
    keras.utils.set_random_seed(1)
    config = StudentConfig(
        num_levels=2, filters=8, attention_units=8, attention=attention
    )
    model = build_student(3, config, bands=11)
    teacher = Teacher.load(RunDirectory.open(teacher_run)) if with_teacher else None
    path = picture_attention(
        dataclasses.replace(student, model=model),
        Manifest.read(small_manifest)[0],
        tmp_path / "attention.png",
        teacher,
    )
    assert path.read_bytes().startswith(b"\x89PNG")

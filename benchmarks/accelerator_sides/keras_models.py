"""Student and teacher of the package, on whatever backend Keras runs."""

import pathlib

import keras
import numpy as np

from satn_keras.config import StudentConfig, TeacherConfig
from satn_keras.layers import AttentionMapTransfer
from satn_keras.models import build_student, build_teacher

POLICIES = {"float32": "float32", "tf32": "float32", "bfloat16": "mixed_bfloat16"}


def build(task, num_classes):
    """Views of student (`output` and the pairs) and teacher (the pairs)."""
    keras.utils.set_random_seed(1)
    keras.config.set_dtype_policy(POLICIES[task.precision])
    sizes = {"filters": task.filters, "attention_units": task.attention_units}
    student = build_student(
        num_classes, StudentConfig(num_levels=task.levels, **sizes), task.bands, seed=1
    )
    config = TeacherConfig(num_levels=task.teacher_levels, **sizes)
    teacher = build_teacher(40, config, task.bands, seed=2)
    keras.config.set_dtype_policy("float32")
    return student, teacher


def views(task, student, teacher):
    """Both models, seen through the layers in `task.pairs`."""
    heard = {name: teacher.input[name] for name in ("features", "mask")}
    return (
        keras.Model(student.input, {**_maps(task, student), "output": student.output}),
        keras.Model(heard, _maps(task, teacher)),
    )


def _maps(task, model):
    outputs = {name: model.get_layer(name).output for name in task.pairs}
    return {n: y[0] if isinstance(y, (list, tuple)) else y for n, y in outputs.items()}


def make_losses(task, mask):
    """From labels and the outputs of both views to L_SER and L_AT."""
    emotion = keras.losses.SparseCategoricalCrossentropy()
    transfer = AttentionMapTransfer(dtype="float32")

    def losses(labels, ours, theirs):
        copied = 0.0
        if theirs:
            pairs = [(ours[name], theirs[name]) for name in task.pairs]
            copied = keras.ops.mean(sum(transfer(*pair, mask=mask) for pair in pairs))
        return emotion(labels, ours["output"]), copied

    return losses


def share_weights(task, student, teacher_view):
    """The weights that another side has written, or else write these.

    They go by their Keras names, for the sides without Keras as well.
    """
    path = pathlib.Path(task.folder) / "weights.npz"
    named = {f"student/{v.path}": v for v in student.trainable_variables}
    named |= {f"teacher/{v.path}": v for v in teacher_view.trainable_variables}
    if path.exists():
        weights = np.load(path)
        for name, variable in named.items():
            variable.assign(weights[name])
    else:
        arrays = {name: keras.ops.convert_to_numpy(v) for name, v in named.items()}
        np.savez(path, **arrays)

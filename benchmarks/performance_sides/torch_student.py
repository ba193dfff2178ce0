"""Student of the paper's recipe in PyTorch: that of the accelerator benchmark."""

import pathlib
import sys
import types

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from accelerator_sides.torch_models import Student, keras_names  # noqa: E402

SIZES = {"bands": 40, "filters": 256, "attention_units": 256, "levels": 3}


def make_student(num_classes):
    """Student with random weights, in training mode."""
    return Student(types.SimpleNamespace(**SIZES), num_classes)


def load_student(stored):
    """Student for inference with weights by their Keras names, see `exporting.py`."""
    student = make_student(len(stored["posterior"]))
    with torch.no_grad():
        for name, (parameter, order) in keras_names(student).items():
            value = torch.from_numpy(stored[name])
            if name.endswith("/g"):
                value = value[None, None]
            # `order` tells each axis of the parameter its place in Keras.
            parameter.copy_(value.permute(order).reshape(parameter.shape))
    return student.eval()

"""The networks run where there is no TensorFlow."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.models.small_models import MODELS
from tests.support import contracts

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)


def test_students_saved_by_tensorflow_give_the_same_outputs_on_numpy(tmp_path):
    students = [each for each in MODELS if each.name.startswith("student")]
    expected = {}
    for contract in students:
        model = contracts.as_functional(contract)
        model.save(tmp_path / f"{contract.name}.keras")
        np.savez(tmp_path / f"{contract.name}.inputs.npz", **contract.arguments)
        expected[contract.name] = keras.tree.flatten(model(contract.arguments))
    process = subprocess.run(
        [sys.executable, "-m", "tests.support.numpy_backend", str(tmp_path)],
        env={**os.environ, "KERAS_BACKEND": "numpy"},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    assert process.stdout.split() == ["numpy", "False"]  # TensorFlow stayed out
    for name, outputs in expected.items():
        actual = np.load(tmp_path / f"{name}.outputs.npz")
        for a, e in zip(actual.values(), outputs, strict=True):
            np.testing.assert_allclose(a, e, rtol=1e-4, atol=1e-5, err_msg=name)

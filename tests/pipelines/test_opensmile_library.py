"""openSMILE is found, bound to its own functions, and hears sixteen bits."""

import types

import numpy as np
import pytest

from satn_keras.pipelines import opensmile_library
from satn_keras.pipelines.opensmile_library import load_opensmile, run_opensmile
from tests.support.opensmile import needs_opensmile


def fresh_load():
    """`load_opensmile` without the memory of having loaded it."""
    return load_opensmile.__wrapped__()


def test_a_missing_library_is_told_with_the_line_that_installs_it(monkeypatch):
    finder = types.SimpleNamespace(find_spec=lambda name: None)
    monkeypatch.setattr(
        opensmile_library, "importlib", types.SimpleNamespace(util=finder)
    )
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[baselines\]'"):
        fresh_load()


@needs_opensmile
def test_a_library_that_others_imported_after_tensorflow_is_refused(monkeypatch):
    modules = {"tensorflow": None, "opensmile": None}
    monkeypatch.setattr(
        opensmile_library, "sys", types.SimpleNamespace(modules=modules)
    )
    with pytest.raises(ImportError, match="imported after TensorFlow"):
        fresh_load()


@needs_opensmile
def test_a_library_imported_before_tensorflow_is_taken(monkeypatch):
    opensmile = load_opensmile()
    modules = {"opensmile": opensmile, "tensorflow": None}
    monkeypatch.setattr(
        opensmile_library, "sys", types.SimpleNamespace(modules=modules)
    )
    assert fresh_load() is opensmile


def test_samples_beyond_full_scale_are_clipped_and_do_not_wrap():
    heard = []

    def smile(signal, sample_rate):
        heard.append((signal * 32768).astype("int16"))  # as openSMILE does
        return np.zeros((1, 2, 3))

    values = run_opensmile(smile, np.array([1.5, 1.0, 0.5, -1.5], "float32"), 16000)
    assert heard[0].tolist() == [32767, 32767, 16384, -32768]
    assert values.shape == (3, 2)
    assert values.dtype == "float32"

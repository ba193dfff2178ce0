"""Trained students out of the house, and recognisers that load them.

Names load when they are first used: `LiteRTRecognizer` needs no TensorFlow.
"""

import importlib

_HOMES = {
    "LiteRTRecognizer": "litert_recognizer",
    "Prediction": "prediction",
    "Recognizer": "recognizer",
    "StreamingRecognizer": "streaming.streaming_recognizer",
    "export_litert": "litert",
    "export_onnx": "onnx",
    "export_student": "saved_model",
    "load_model": "loading",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'satn_keras.export' has no attribute {name!r}")
    module = importlib.import_module(f"satn_keras.export.{_HOMES[name]}")
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})

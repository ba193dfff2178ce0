"""Trained students out of the house, and recognisers that load them.

Names load when they are first used: `LiteRTRecognizer` needs no TensorFlow.
"""

from satn_keras.lazy_names import lazy_names

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

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)

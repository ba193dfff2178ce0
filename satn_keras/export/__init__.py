"""Trained students out of the house: SavedModel, and a recogniser that loads it."""

from satn_keras.export.loading import load_model
from satn_keras.export.recognizer import Prediction, Recognizer
from satn_keras.export.saved_model import export_student
from satn_keras.export.streaming.streaming_recognizer import StreamingRecognizer

__all__ = [
    "Prediction",
    "Recognizer",
    "StreamingRecognizer",
    "export_student",
    "load_model",
]

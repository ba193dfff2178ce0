"""Trained students out of the house: SavedModel, and a recogniser that loads it."""

from satn_keras.export.loading import load_model
from satn_keras.export.recognizer import Prediction, Recognizer
from satn_keras.export.saved_model import export_student

__all__ = ["Prediction", "Recognizer", "export_student", "load_model"]

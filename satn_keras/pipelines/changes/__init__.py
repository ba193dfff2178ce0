"""Versions of an utterance for training: speed, pitch, vocal tract, noise, room."""

from satn_keras.pipelines.changes.change import Change
from satn_keras.pipelines.changes.made_changes import make_changes
from satn_keras.pipelines.changes.noise import Noise
from satn_keras.pipelines.changes.pitch import Pitch
from satn_keras.pipelines.changes.reverberation import Reverberation
from satn_keras.pipelines.changes.speed import Speed
from satn_keras.pipelines.changes.vocal_tract import VocalTract

__all__ = [
    "Change",
    "Noise",
    "Pitch",
    "Reverberation",
    "Speed",
    "VocalTract",
    "make_changes",
]

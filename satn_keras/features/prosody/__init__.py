"""Prosody and voice quality: pitch, loudness, spectral balance, harmonicity."""

from satn_keras.features.prosody.prosody import Prosody, build_prosody

__all__ = ["Prosody", "build_prosody"]

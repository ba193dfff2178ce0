"""An utterance played slower or faster."""

from __future__ import annotations

import dataclasses

import numpy as np
import soxr

from satn_keras.pipelines.changes.change import Change


@dataclasses.dataclass(frozen=True)
class Speed(Change):
    """An utterance played `rate` times as fast, pitch and formants with it.

    Attributes:
        rate: over the normal one.

    References:
        Ko et al. 2015, Audio augmentation for speech recognition.
    """

    rate: float

    def __call__(self, waveform, sample_rate, key):
        return played(waveform, self.rate)

    @property
    def duration(self) -> float:
        return 1 / self.rate


def played(waveform: np.ndarray, rate: float) -> np.ndarray:
    """float32 (samples / rate,): a waveform played `rate` times as fast."""
    if rate == 1.0:
        return waveform
    # A float32 as features have been computed, and cached, since there are speeds.
    return soxr.resample(waveform, float(np.float32(rate)), 1.0).astype("float32")

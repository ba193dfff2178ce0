"""An utterance in a room."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.signal import fftconvolve

from satn_keras.pipelines.changes.change import Change, drawing, with_energy_of

DECAY = 60.0  # dB within the reverberation time


@dataclasses.dataclass(frozen=True)
class Reverberation(Change):
    """An utterance in a room that is drawn for it.

    The direct sound comes first and undelayed, the echoes, drawn anew for each
    utterance, follow from the next sample on. What rings on after the utterance's end
    is cut, and the utterance keeps its energy.

    Attributes:
        seconds: reverberation time, in which the echoes fall by 60 dB.
        seed: of the draw, besides the utterance's key.
    """

    is_drawn = True

    seconds: float
    seed: int

    def __call__(self, waveform, sample_rate, key):
        draw = drawing(key, self.identity)
        response = room_response(self.seconds, sample_rate, draw)
        speech = np.asarray(waveform, "float64")
        echoing = fftconvolve(speech, response)[: len(speech)]
        return with_energy_of(echoing, waveform)


def room_response(
    seconds: float, sample_rate: int, draw: np.random.Generator
) -> np.ndarray:
    """(1 + seconds * rate,): the direct sound, 1, then noise that dies away.

    Echoes are as strong as the direct sound, as they are at the critical distance
    from who speaks.

    Args:
        seconds: in which the echoes fall by 60 dB.
        sample_rate: Hz.
        draw: of the noise.

    References:
        Moorer 1979, About this reverberation business.
    """
    time = np.arange(1, max(round(seconds * sample_rate), 1) + 1) / sample_rate
    echoes = draw.standard_normal(len(time)) * 10 ** (-DECAY / 20 * time / seconds)
    return np.append(1.0, echoes / np.sqrt(np.sum(np.square(echoes))))

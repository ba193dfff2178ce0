"""An utterance by a shorter or longer vocal tract."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import fft

from satn_keras.pipelines.changes.change import Change, with_energy_of
from satn_keras.pipelines.changes.linear_prediction import predictor, response_energy

WINDOW_SECONDS = 0.032
PREEMPHASIS = 0.97  # leaves the tilt of the voice, which is not the tract's
BEND = 0.6  # of half the sample rate: 4800 Hz at 16 kHz


@dataclasses.dataclass(frozen=True)
class VocalTract(Change):
    r"""An utterance whose formants are `factor` times as high, at the same pitch.

    The envelope of each window's spectrum, that of linear prediction, is laid out
    anew over a warped axis, the harmonics stay:

    $$Y(f) = X(f)\,\frac{|A(f)|}{|A(G^{-1}(f))|},\qquad
      G(f) = \begin{cases} \alpha f & f \le f_0 \\
      \text{straight from } G(f_0) \text{ to } G(s/2) = s/2 & f > f_0\end{cases}$$

    with $f_0 = 4800\min(\alpha, 1)/\alpha$ Hz at 16 kHz. It is the warp of Jaitly and
    Hinton, there of a filterbank's frequencies; in the waveform every feature hears
    it, pitch and voice quality as well as mel bands. The utterance keeps its energy.

    Attributes:
        factor: alpha; 1.1 is a vocal tract shorter by a tenth, of a smaller person.

    References:
        Jaitly & Hinton 2013, Vocal tract length perturbation (VTLP) improves speech
        recognition.
    """

    factor: float

    def __call__(self, waveform, sample_rate, key):
        hop = round(WINDOW_SECONDS * sample_rate / 2)
        size = 2 * hop
        frames = _frames(waveform, size, hop)
        emphasized = np.append(waveform[:1], waveform[1:] - PREEMPHASIS * waveform[:-1])
        coefficients = predictor(_frames(emphasized, size, hop), sample_rate)
        # Room on both sides for what the filter, of zero phase, spreads.
        spread = np.pad(frames, ((0, 0), (hop, hop)))  # (frames, 2 * size)
        before = response_energy(coefficients, size + 1).astype("float32")
        after = _at(before, 2 * size * unwarped(fft.rfftfreq(2 * size), self.factor))
        spectrum = fft.rfft(spread) * np.sqrt(before / after)
        whole = _overlapped(fft.irfft(spectrum, 2 * size), hop)
        start = size  # half a window and the room lie before the first sample
        return with_energy_of(whole[start : start + len(waveform)], waveform)


def unwarped(place: np.ndarray, factor: float) -> np.ndarray:
    """Inverse of G: where the envelope at each frequency comes from.

    Args:
        place: frequencies, as shares of the sample rate, to 0.5.
        factor: alpha.

    Example:
        >>> unwarped(np.array([0.11, 0.22, 0.5]), 1.1).round(3)
        array([0.1, 0.2, 0.5])
    """
    bend = BEND / 2 * min(factor, 1) / factor
    return np.interp(place, [0, factor * bend, 0.5], [0, bend, 0.5])


def _frames(waveform, size, hop):
    """(frames, size), float32, Hann windows, centred on every hop from sample 0."""
    count = -(-len(waveform) // hop) + 1
    padded = np.zeros((count + 1) * hop, "float32")
    padded[hop : hop + len(waveform)] = waveform
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    window = np.sin(np.pi * np.arange(size) / size) ** 2
    return frames * window.astype("float32")


def _at(values, place):
    """Values between the columns, straight from one to the next."""
    left = np.minimum(place.astype(int), values.shape[1] - 2)
    share = place - left
    share = share.astype(values.dtype)
    return values[:, left] * (1 - share) + values[:, left + 1] * share


def _overlapped(frames, hop):
    """Sum of frames laid at every hop; their length is whole hops."""
    count, parts = len(frames), frames.shape[1] // hop
    whole = np.zeros((count + parts - 1, hop), frames.dtype)
    for part in range(parts):
        whole[part : part + count] += frames[:, part * hop : (part + 1) * hop]
    return whole.ravel()

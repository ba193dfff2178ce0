"""Prosody and voice quality of a waveform, frame by frame."""

import keras
import numpy as np
from keras import ops

from satn_keras.config import PROSODY_NAMES
from satn_keras.features.mel import frame_count
from satn_keras.features.prosody.flux import Flux
from satn_keras.features.prosody.harmonicity import HarmonicsToNoiseRatio
from satn_keras.features.prosody.loudness import Loudness
from satn_keras.features.prosody.mel_bands import mel_bands
from satn_keras.features.prosody.mel_cepstrum import MelCepstrum
from satn_keras.features.prosody.octave_scale import OctaveScale
from satn_keras.features.prosody.pitch_candidates import PitchCandidates
from satn_keras.features.prosody.pitch_path import best_path
from satn_keras.features.prosody.smoothing import smooth
from satn_keras.features.prosody.spectral_balance import SpectralBalance
from satn_keras.features.prosody.spectrum import Spectrum, gauss

SHORT_SECONDS, LONG_SECONDS = 0.020, 0.060
SILENT = 0.001  # root mean square of a long window, below which nothing is voiced
BASE = float(np.log2(27.5))


@keras.saving.register_keras_serializable(package="satn_keras")
class Prosody(keras.layers.Layer):
    def __init__(
        self,
        sample_rate=16000,
        window_seconds=0.025,
        hop_seconds=0.010,
        bands=PROSODY_NAMES,
        **kwargs,
    ):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.input_spec = keras.layers.InputSpec(ndim=2)
        self.sample_rate = sample_rate
        self.window_seconds = window_seconds
        self.hop_seconds = hop_seconds
        self.bands = tuple(bands)
        self.window_length = round(window_seconds * sample_rate)
        self.hop_length = hop = round(hop_seconds * sample_rate)
        short, long = round(SHORT_SECONDS * sample_rate), round(LONG_SECONDS * sample_rate)
        self._short = Spectrum(sample_rate, short, hop, np.hamming(short))
        lead = (long - short) // 2
        self._long = Spectrum(sample_rate, long, hop, gauss(long), lead)
        filters, centres = mel_bands(self._short.frequencies)
        self._filters = filters.astype("float32")
        self._loudness = Loudness(centres)
        self._balance = SpectralBalance(self._short.frequencies)
        self._flux = Flux(self._short.frequencies)
        self._cepstrum = MelCepstrum(len(centres))
        self._octaves = OctaveScale(self._long.frequencies)
        self._candidates = PitchCandidates(
            self._octaves.octaves, self._octaves.points_per_octave
        )
        self._harmonicity = HarmonicsToNoiseRatio(sample_rate, self._long.fft_length)
        wanted = np.array([PROSODY_NAMES.index(name) for name in self.bands])
        self._choice = np.eye(len(PROSODY_NAMES), dtype="float32")[:, wanted]

    @property
    def num_bands(self):
        """Values in one frame."""
        return len(self.bands)

    def call(self, waveform, lengths=None):
        if not keras.backend.is_float_dtype(waveform.dtype):
            raise TypeError(
                "`waveform` must be float, in [-1, 1]; divide int16 samples by 32768. "
                f"Received: dtype={keras.backend.standardize_dtype(waveform.dtype)}."
            )
        signal, own = self._own(waveform, lengths)
        count = frame_count(ops.shape(waveform)[1], self.window_length, self.hop_length)
        short, long = self._short(signal, count), self._long(signal, count)
        energies = ops.matmul(short, self._filters)
        spectral = ops.concatenate(
            [
                self._loudness(energies),
                self._balance(short),
                self._flux(short),
                self._cepstrum(energies),
            ],
            axis=-1,
        )
        spectral = smooth(spectral, own)
        voice = self._voice(long, own)
        bands = ops.concatenate([spectral, *voice], axis=-1)
        bands = ops.matmul(bands, self._choice)
        # Zero times what is no number is no number: it must not pass for silence.
        broken = 0.0 * ops.sum(short + long[..., : short.shape[-1]], axis=-1, keepdims=True)
        return ops.where(ops.expand_dims(own, 2), bands + broken, 0.0)

    def _voice(self, long, own):
        spectrum = self._octaves(ops.sqrt(long))
        octave, strength = self._candidates(spectrum)
        heard = ops.expand_dims(self._rms(long) >= SILENT, 2)
        strength = ops.where(heard, strength, 0.0)
        path = best_path(octave, strength, own)
        path = ops.where(heard, path, 0.0)
        chosen = ops.sum(path * octave, axis=-1)  # (batch, frames)
        voiced = chosen > 0
        semitones = ops.where(voiced, 12 * (chosen - BASE), 0.0)
        frequency = ops.where(voiced, ops.exp(chosen * np.log(2.0).astype("float32")), 0.0)
        clear = ops.where(
            voiced, ops.sum(path * strength, axis=-1), ops.max(strength, axis=-1)
        )
        noise = self._harmonicity(long, frequency)
        pitch = smooth(ops.expand_dims(semitones, 2), own, skip_zeros=True)
        clear = smooth(ops.expand_dims(clear, 2), own)
        noise = smooth(ops.expand_dims(noise, 2), own, skip_zeros=True)
        return pitch, clear, noise

    def _rms(self, power):
        # Parseval: the sum of squares is the mean over all bins, both halves.
        both = 2 * ops.sum(power, -1) - power[..., 0] - power[..., -1]
        return ops.sqrt(both / (self._long.fft_length * self._long.window_length))

    def _own(self, waveform, lengths):
        num_samples = ops.shape(waveform)[1]
        count = frame_count(num_samples, self.window_length, self.hop_length)
        if lengths is None:
            own = ops.ones((ops.shape(waveform)[0], count), dtype="bool")
            return waveform, own
        lengths = ops.expand_dims(ops.cast(lengths, "int32"), 1)
        samples = ops.expand_dims(ops.arange(num_samples, dtype="int32"), 0)
        frames = ops.expand_dims(ops.arange(count, dtype="int32"), 0)
        own = frames < frame_count(lengths, self.window_length, self.hop_length)
        return ops.where(samples < lengths, waveform, 0.0), own

    def compute_output_shape(self, waveform_shape, lengths_shape=None):
        batch, samples = waveform_shape
        if samples is None:
            return (batch, None, self.num_bands)
        frames = frame_count(samples, self.window_length, self.hop_length)
        return (batch, frames, self.num_bands)

    def get_config(self):
        return {
            **super().get_config(),
            "sample_rate": self.sample_rate,
            "window_seconds": self.window_seconds,
            "hop_seconds": self.hop_seconds,
            "bands": list(self.bands),
        }


def build_prosody(config):
    """Stream `prosody` of a `FeatureConfig`."""
    bands = PROSODY_NAMES if config.prosody_bands == "all" else config.prosody_bands
    return Prosody(
        sample_rate=config.sample_rate,
        window_seconds=config.window_seconds,
        hop_seconds=config.hop_seconds,
        bands=bands,
        name="prosody",
    )

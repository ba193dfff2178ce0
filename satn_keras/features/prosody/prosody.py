"""Prosody and voice quality of a waveform, frame by frame."""

import keras
import numpy as np
from keras import ops

from satn_keras.config import PROSODY_NAMES
from satn_keras.features.context import Context
from satn_keras.features.mel import frame_count
from satn_keras.features.prosody import spectral_bands
from satn_keras.features.prosody.pitch_path import REACH
from satn_keras.features.prosody.spectral_bands import SpectralBands
from satn_keras.features.prosody.spectrum import Spectrum, gauss
from satn_keras.features.prosody.voice_bands import VoiceBands

SHORT_SECONDS, LONG_SECONDS = 0.020, 0.060


@keras.saving.register_keras_serializable(package="satn_keras")
class Prosody(keras.layers.Layer):
    """Loudness, spectral balance, pitch, voice quality and formants of each frame.

    The bands of eGeMAPS, in its units, windows and order, and `voicing` beside
    them, computed in the graph:

    1. Power spectra of 20 ms windows (Hamming), which begin where their frame
       begins, and of 60 ms windows (Gauss) centred on those.
    2. Of the short ones: loudness, alpha ratio, Hammarberg index, spectral slopes,
       flux and cepstrum.
    3. Of the long ones: pitch by subharmonic summation and the cheapest path
       through its candidates, harmonics-to-noise ratio, levels of harmonics, and
       formants by linear prediction; of the waveform there, jitter and shimmer.
    4. Each band smoothed over three frames of the utterance; zeros of bands that
       are zero where unvoiced stay zero.

    There is no loop, no gather and no operation that LiteRT lacks. An utterance
    gets the same values alone and in a padded batch: samples beyond its length
    count as zero, and frames beyond its last one count in no mean and no path.

    Always computes in float32, whatever the global dtype policy.

    Args:
        sample_rate: Hz, at least 8000.
        window_seconds: Length of the windows that count the frames, as other
            streams have them.
        hop_seconds: Seconds from one frame to the next.
        bands: Names out of `PROSODY_NAMES`, in the order wanted. What no band needs
            is not computed.

    Call arguments:
        waveform: float (batch, samples), in [-1, 1].
        lengths: int (batch,), true samples of each utterance; all when None.

    Input shape:
        (batch, samples), float.

    Output shape:
        (batch, frames, bands), float32. There are `frame_count(samples)` frames;
        those past an utterance's own are zero. Values that are no numbers make
        every band of the frames that hear them no number.

    Raises:
        ValueError: if a band is unknown, none is named or one twice, if the sample
            rate is below 8 kHz or a hop holds no sample.
        TypeError: if the waveform holds integers.

    Example:
        >>> prosody = Prosody(bands=["f0_semitones", "loudness"])
        >>> seconds = np.arange(16000) / 16000
        >>> saw = (0.5 * (220 * seconds % 1) - 0.25).astype("float32")
        >>> frames = ops.convert_to_numpy(prosody(saw[None]))[0]
        >>> frames.shape, float(frames[50, 0].round(1))  # three octaves over 27.5 Hz
        ((99, 2), 36.0)

    References:
        Eyben et al. 2016, The Geneva Minimalistic Acoustic Parameter Set (GeMAPS)
        for voice research and affective computing.
        Eyben, Wöllmer, Schuller 2010, openSMILE.
    """

    # Of the bands' arithmetic: what was kept of another is not these bands.
    revision = 2

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
        self.hop_length = round(hop_seconds * sample_rate)
        _check(self.bands, sample_rate, self.window_length, self.hop_length)
        self._short, self._long = _spectra(sample_rate, self.hop_length)
        self._spectral = SpectralBands(self._short.frequencies)
        self._voice = VoiceBands(self._long, sample_rate, self.bands)

    @property
    def num_bands(self):
        """Values in one frame."""
        return len(self.bands)

    @property
    def context(self):
        """What a frame hears: the pitch path's frames, one more by the smoothing."""
        lead = self._long.lead
        return Context(
            before=REACH + 1 + -(-lead // self.hop_length),
            after=REACH + 1,
            samples=max(self._short.window_length, self._long.window_length - lead),
        )

    def call(self, waveform, lengths=None):
        if not keras.backend.is_float_dtype(waveform.dtype):
            raise TypeError(
                "`waveform` must be float, in [-1, 1]; divide int16 samples by 32768. "
                f"Received: dtype={keras.backend.standardize_dtype(waveform.dtype)}."
            )
        count = self._count(ops.shape(waveform)[1])
        signal, own = self._own(waveform, lengths, count)
        short = self._short(signal, count)  # (batch, frames, bins)
        heard = ops.sum(short, axis=-1)
        values = {}
        if not set(spectral_bands.NAMES).isdisjoint(self.bands):
            values.update(self._spectral(short, own))
        if not set(spectral_bands.NAMES).issuperset(self.bands):
            long = self._long(signal, count)  # (batch, frames, more bins)
            heard = heard + ops.sum(long, axis=-1)
            values.update(self._voice(signal, count, long, own))
        frames = ops.stack([values[name] for name in self.bands], axis=-1)
        # Zero times what is no number is no number: it must not pass for silence.
        frames = frames + 0.0 * ops.expand_dims(heard, 2)
        return ops.where(ops.expand_dims(own, 2), frames, 0.0)

    def _count(self, num_samples):
        return frame_count(num_samples, self.window_length, self.hop_length)

    def _own(self, waveform, lengths, count):
        """The waveform without what is padded, and which frames are not."""
        batch, num_samples = ops.shape(waveform)
        if lengths is None:
            return waveform, ops.ones((batch, count), dtype="bool")
        lengths = ops.expand_dims(ops.cast(lengths, "int32"), 1)
        samples = ops.expand_dims(ops.arange(num_samples, dtype="int32"), 0)
        frames = ops.expand_dims(ops.arange(count, dtype="int32"), 0)
        signal = ops.where(samples < lengths, waveform, 0.0)
        return signal, frames < self._count(lengths)

    def compute_output_shape(self, waveform_shape, lengths_shape=None):
        batch, samples = waveform_shape
        frames = None if samples is None else self._count(samples)
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
    every = config.prosody_bands == "all"
    return Prosody(
        sample_rate=config.sample_rate,
        window_seconds=config.window_seconds,
        hop_seconds=config.hop_seconds,
        bands=PROSODY_NAMES if every else config.prosody_bands,
        name="prosody",
    )


def _spectra(sample_rate, hop_length):
    short, long = (round(s * sample_rate) for s in (SHORT_SECONDS, LONG_SECONDS))
    return (
        Spectrum(sample_rate, short, hop_length, np.hamming(short)),
        Spectrum(sample_rate, long, hop_length, gauss(long), (long - short) // 2),
    )


def _check(bands, sample_rate, window_length, hop_length):
    unknown = [name for name in bands if name not in PROSODY_NAMES]
    if unknown or not bands or len(set(bands)) < len(bands):
        raise ValueError(
            f"`bands` must be different names of {', '.join(PROSODY_NAMES)}. "
            f"Received: bands={list(bands)}."
        )
    if sample_rate < 8000 or min(window_length, hop_length) < 1:
        raise ValueError(
            "The sample rate must be at least 8000 Hz, and a window and a hop must "
            f"hold a sample. Received: sample_rate={sample_rate}, "
            f"window={window_length}, hop={hop_length}."
        )

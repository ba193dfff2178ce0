"""Mel filterbank energies of a waveform, or their logarithm."""

import keras
import numpy as np
from keras import ops

from satn_keras.features.context import Context
from satn_keras.features.fourier import rfft
from satn_keras.features.mel import frame_count, mel_filterbank
from satn_keras.features.pcen import per_channel_energy

WINDOWS = {"rectangular": np.ones, "hamming": np.hamming, "hann": np.hanning}
SCALES = ("log", "power", "pcen")
# python_speech_features puts float64's epsilon where an energy is zero.
LOG_SILENCE = float(np.log(np.finfo("float64").eps))


@keras.saving.register_keras_serializable(package="satn_keras")
class LogMel(keras.layers.Layer):
    r"""Natural logarithm of mel filterbank energies, as in python_speech_features.

    1. Scale: a sample of 1.0 becomes `full_scale`.
    2. Pre-emphasis: $y_0 = x_0$, $y_n = x_n - p\,x_{n-1}$.
    3. Frames of one window, one hop apart, the last one padded with zeros;
       each multiplied by the window.
    4. Power: $|\mathrm{FFT}|^2 / n$ with FFT length n.
    5. Mel filters, see `mel_filterbank`; a zero becomes 2.2e-16; logarithm, unless
       the `scale` is "power", or "pcen" (`per_channel_energy`).

    An utterance gets the same values alone and in a padded batch: samples
    beyond its length count as zero, before and after pre-emphasis.

    Always computes in float32, whatever the global dtype policy: half precision
    cannot hold the power of a 16-bit signal. Real speech then agrees with
    python_speech_features, which computes in float64, to 1e-3. A GPU that sums
    the filters in TensorFloat-32 adds an error of the same size.

    Args:
        sample_rate: Hz.
        window_seconds: Length of a window in seconds.
        hop_seconds: Seconds from one window to the next.
        window: "rectangular", "hamming" or "hann" (both symmetric).
        fft_length: n, samples. At least one window.
        num_mels: Filters.
        low_frequency: Lower edge of the first filter, Hz.
        high_frequency: Upper edge of the last filter, Hz. Half the sample rate
            when None.
        preemphasis: p. 0 leaves the signal as it is.
        full_scale: Value of a sample of 1.0; 32768 gives the int16 scale.
        scale: "log" for the logarithm, "power" for the energies themselves, "pcen"
            for the energies beside their recent past.

    Call arguments:
        waveform: float (batch, samples), in [-1, 1].
        lengths: int (batch,), true samples of each utterance; all when None.

    Input shape:
        (batch, samples), float.

    Output shape:
        (batch, frames, mels), float32, natural logarithm of energy, or energy. There
        are `frame_count(samples)` frames; those past an utterance's own are
        log(2.2e-16), or 0.

    Raises:
        ValueError: if `window` or `scale` is unknown, if a window or hop holds no
            sample, or if a window does not fit in `fft_length`.
        TypeError: if the waveform holds integers.

    Example:
        >>> LogMel(num_mels=23)(np.zeros((1, 16000), "float32")).shape[1:]
        TensorShape([99, 23])

    References:
        Lyons et al., python_speech_features 0.6, `logfbank`.
    """

    def __init__(
        self,
        sample_rate=16000,
        window_seconds=0.025,
        hop_seconds=0.010,
        window="rectangular",
        fft_length=512,
        num_mels=40,
        low_frequency=0.0,
        high_frequency=None,
        preemphasis=0.97,
        full_scale=32768.0,
        scale="log",
        **kwargs,
    ):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.input_spec = keras.layers.InputSpec(ndim=2)
        if window not in WINDOWS:
            raise ValueError(
                f"`window` must be one of {', '.join(WINDOWS)}. Received: {window!r}."
            )
        if scale not in SCALES:
            raise ValueError(
                f"`scale` must be one of {', '.join(SCALES)}. Received: {scale!r}."
            )
        self.sample_rate = sample_rate
        self.window_seconds = window_seconds
        self.hop_seconds = hop_seconds
        self.window = window
        self.fft_length = fft_length
        self.num_mels = num_mels
        self.low_frequency = low_frequency
        self.high_frequency = high_frequency
        self.preemphasis = preemphasis
        self.full_scale = full_scale
        self.scale = scale
        self.window_length = round(window_seconds * sample_rate)
        self.hop_length = round(hop_seconds * sample_rate)
        if not 1 <= self.window_length <= fft_length or self.hop_length < 1:
            raise ValueError(
                "A hop and a window must hold at least one sample, and a window at "
                f"most `fft_length` samples. Received: window={self.window_length}, "
                f"hop={self.hop_length}, fft_length={fft_length}."
            )
        taper = np.zeros(fft_length, "float32")
        taper[: self.window_length] = WINDOWS[window](self.window_length)
        self._taper = taper
        filters = mel_filterbank(
            sample_rate, fft_length, num_mels, low_frequency, high_frequency
        )
        # Power is linear in both factors, so they are paid for here, once.
        filters = filters.T * full_scale**2 / fft_length  # (bins, mels)
        self._filters = filters.astype("float32")

    @property
    def num_bands(self):
        """Values in one frame."""
        return self.num_mels

    @property
    def context(self):
        """What a frame hears: its window, and the sample before by pre-emphasis."""
        return Context(before=1, after=0, samples=self.window_length)

    def call(self, waveform, lengths=None):
        if lengths is not None:
            lengths = ops.cast(lengths, "int32")
        emphasised = self._emphasise(waveform, lengths)
        frames = self._frame(emphasised, ops.shape(waveform)[1])
        if self.window != "rectangular":
            frames = ops.multiply(frames, self._taper)
        real, imaginary = rfft(frames, self.fft_length)
        power = ops.square(real) + ops.square(imaginary)  # (batch, frames, bins)
        energy = ops.matmul(power, self._filters)  # (batch, frames, mels)
        heard = energy != 0  # true for NaN, which must not pass for silence
        if lengths is not None:
            # Windows past an utterance's last one still overlap its samples.
            heard = ops.logical_and(heard, self._own_frames(energy, lengths))
        if self.scale != "log":
            energy = ops.where(heard, energy, 0.0)
            if self.scale == "power":
                return energy
            return per_channel_energy(energy, self.hop_length / self.sample_rate)
        # Set after the logarithm, whose last bit depends on the place in memory.
        logarithm = ops.log(ops.where(heard, energy, 1.0))
        return ops.where(heard, logarithm, LOG_SILENCE)

    def _own_frames(self, frames, lengths):
        count = frame_count(lengths, self.window_length, self.hop_length)
        positions = ops.arange(ops.shape(frames)[1], dtype="int32")
        own = positions[None, :] < count[:, None]
        return ops.expand_dims(own, 2)  # (batch, frames, 1)

    def _emphasise(self, waveform, lengths):
        if not keras.backend.is_float_dtype(waveform.dtype):
            raise TypeError(
                "`waveform` must be float, in [-1, 1]; divide int16 samples by 32768. "
                f"Received: dtype={keras.backend.standardize_dtype(waveform.dtype)}."
            )
        num_samples = ops.shape(waveform)[1]
        # One zero in front, and behind enough for the last frame.
        blocks = -(-self.window_length // self.hop_length)
        tail = max(blocks, 2) * self.hop_length
        padded = ops.pad(waveform, ((0, 0), (1, tail)))
        emphasised = padded[:, 1:] - self.preemphasis * padded[:, :-1]
        if lengths is None:
            lengths = ops.cast(ops.reshape(num_samples, (1,)), "int32")
        # The first sample past the end holds -p times the last one.
        positions = ops.arange(num_samples + tail, dtype="int32")
        true = positions[None, :] < lengths[:, None]
        return ops.where(true, emphasised, 0.0)  # (batch, samples + tail)

    def _frame(self, signal, num_samples):
        # Frames are whole hops and a rest laid side by side. Slices and reshapes
        # alone: exact on every backend and accelerator, and no gather.
        hop = self.hop_length
        count = frame_count(num_samples, self.window_length, hop)
        blocks = -(-self.window_length // hop)
        used = count + blocks - 1
        hops = ops.reshape(signal[:, : used * hop], (-1, used, hop))
        parts = [hops[:, block : block + count] for block in range(blocks)]
        rest = self.window_length - (blocks - 1) * hop
        parts[-1] = parts[-1][..., :rest]
        missing = self.fft_length - self.window_length
        silence = ops.zeros((ops.shape(signal)[0], count, missing), dtype="float32")
        parts.append(silence)
        return ops.concatenate(parts, axis=-1)  # (batch, frames, fft_length)

    def compute_output_shape(self, waveform_shape, lengths_shape=None):
        batch, samples = waveform_shape
        if samples is None:
            return (batch, None, self.num_mels)
        frames = frame_count(samples, self.window_length, self.hop_length)
        return (batch, frames, self.num_mels)

    def get_config(self):
        return {
            **super().get_config(),
            "sample_rate": self.sample_rate,
            "window_seconds": self.window_seconds,
            "hop_seconds": self.hop_seconds,
            "window": self.window,
            "fft_length": self.fft_length,
            "num_mels": self.num_mels,
            "low_frequency": self.low_frequency,
            "high_frequency": self.high_frequency,
            "preemphasis": self.preemphasis,
            "full_scale": self.full_scale,
            "scale": self.scale,
        }


def build_log_mel(config):
    """Stream `log_mel` of a `FeatureConfig`."""
    return LogMel(
        sample_rate=config.sample_rate,
        window_seconds=config.window_seconds,
        hop_seconds=config.hop_seconds,
        window=config.window,
        fft_length=config.fft_length,
        num_mels=config.num_mels,
        low_frequency=config.low_frequency,
        high_frequency=config.high_frequency,
        preemphasis=config.preemphasis,
        full_scale=config.full_scale,
        scale=config.mel_scale,
        name="log_mel",
    )

"""Waveform to normalised features, the same in pipelines and in exported models."""

import functools

import keras
from keras import ops

from satn_keras.config import VOICED_NAMES, FeatureConfig
from satn_keras.features.context import Context
from satn_keras.features.deltas import Deltas
from satn_keras.features.log_mel import build_log_mel
from satn_keras.features.normalized_frames import NormalizedFrames
from satn_keras.features.prosody import build_prosody

# Name -> builder from a FeatureConfig. A stream is a layer that maps (waveform,
# lengths) to (batch, frames, bands) on the config's frames, and has `num_bands` and
# `context`.
STREAMS = {"log_mel": build_log_mel, "prosody": build_prosody}


@keras.saving.register_keras_serializable(package="satn_keras")
class FrontEnd(NormalizedFrames):
    """Waveform to features: streams side by side, deltas, normalisation.

    Always computes in float32, whatever the global dtype policy.

    Args:
        config: `FeatureConfig`, or a dict with its fields.

    Call arguments:
        waveform: float (batch, samples), in [-1, 1], at `config.sample_rate`.
        lengths: int (batch,), true samples of each utterance; all when None.
        statistics: float (batch, 2, bands, channels), mean and deviation of each
            utterance's speaker; only with `config.normalization` "speaker".

    Input shape:
        (batch, samples), float.

    Output shape:
        Features (batch, frames, bands, channels), float32, whose channels are
        static and as many derivatives as the config says, first and second unless
        it does, and whose padded frames are zero; and mask
        (batch, frames), bool, of true frames. An utterance shorter than one
        window, or empty, has one frame.

    Example:
        >>> import numpy as np
        >>> front_end = FrontEnd(FeatureConfig(num_mels=23))
        >>> features, mask = front_end(np.zeros((2, 1000)), lengths=[1000, 400])
        >>> tuple(features.shape), ops.convert_to_numpy(mask)[1].tolist()
        ((2, 5, 23, 3), [True, False, False, False, False])
    """

    def __init__(self, config, **kwargs):
        config = FeatureConfig.model_validate(config)
        streams = [STREAMS[name](config) for name in config.streams]
        super().__init__(
            config,
            num_bands=sum(stream.num_bands for stream in streams),
            num_channels=1 + config.derivatives,
            **_voiced_bands(config, streams),
            **kwargs,
        )
        self.streams = streams
        self.deltas = Deltas(config.delta_reach, config.derivatives, name="deltas")

    @property
    def context(self):
        """What a frame hears before normalisation, derivatives included."""
        contexts = [stream.context for stream in self.streams]
        reach = self.config.derivatives * self.config.delta_reach
        return functools.reduce(Context.beside, contexts).derived(reach)

    @property
    def stream_bands(self):
        """Bands of each stream, in the order in which they lie side by side."""
        return tuple(stream.num_bands for stream in self.streams)

    def build(self, waveform_shape):
        for stream in self.streams:
            stream.build(waveform_shape)

    def extract(self, waveform, lengths=None):
        """Features before normalisation, and the mask of true frames.

        Padded frames carry no meaning until `normalize` makes them zero.
        """
        waveform = ops.convert_to_tensor(waveform)
        if lengths is not None:
            lengths = ops.cast(lengths, "int32")
        parts = [stream(waveform, lengths=lengths) for stream in self.streams]
        static = parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)
        mask = self._mask(static, lengths)
        # Nothing is padded when no lengths are known: deltas need no mask.
        features = self.deltas(static, mask=None if lengths is None else mask)
        return features, mask

    def call(self, waveform, lengths=None, statistics=None):
        features, mask = self.extract(waveform, lengths)
        padded = None if lengths is None else mask
        return self.normalize(features, padded, statistics), mask

    def compute_output_spec(self, waveform, lengths=None, statistics=None):
        batch, samples = waveform.shape
        frames = None if samples is None else self.frame_count(samples)
        return (
            keras.KerasTensor(
                (batch, frames, self.num_bands, self.num_channels), dtype="float32"
            ),
            keras.KerasTensor((batch, frames), dtype="bool"),
        )

    def _mask(self, static, lengths):
        batch, count = ops.shape(static)[:2]
        if lengths is None:
            return ops.ones((batch, count), dtype="bool")
        frames = ops.arange(count, dtype="int32")
        return frames[None, :] < self.frame_count(lengths)[:, None]


def _voiced_bands(config, streams):
    """Where the bands of voice lie among all streams' bands, and the pitch."""
    if config.unvoiced == "number":
        return {}
    names = []
    for name, stream in zip(config.streams, streams, strict=True):
        named = name == "prosody"
        names += stream.bands if named else [None] * stream.num_bands
    return {
        "voiced_bands": [i for i, name in enumerate(names) if name in VOICED_NAMES],
        "pitch_band": names.index("f0_semitones"),
    }

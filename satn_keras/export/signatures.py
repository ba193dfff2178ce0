"""Functions that an exported student answers by, from waveform to posterior."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from satn_keras.export.posterior_course import PosteriorCourse, node_of
from satn_keras.export.wav_bytes import decode_wavs
from satn_keras.features import FrontEnd
from satn_keras.layers import chunked_copy, whole_map
from satn_keras.transfer import layer_view

WAVEFORM = tf.TensorSpec((None, None), tf.float32, name="waveform")
LENGTHS = tf.TensorSpec((None,), tf.int32, name="lengths")
AUDIO_BYTES = tf.TensorSpec((None,), tf.string, name="audio_bytes")
ATTENTIONS = ("self_attention", "attention_pooling")  # layers by their names


class Signatures:
    """The functions by the names of their signatures.

    Args:
        model: made by `build_student` or another builder of `models`.
        front_end: with the training part's statistics.
        classes: emotions in the order of the posterior.

    Attributes:
        model: copy whose self-attention takes memory linear in the frames.
        functions: name to the function and the specs of its arguments.
    """

    def __init__(self, model: keras.Model, front_end: FrontEnd, classes: Sequence[str]):
        self.model = chunked_copy(model)
        self.front_end = front_end
        self.names = tf.constant(list(classes))
        # Traced once for all signatures, whose file then holds its tables once.
        self._extract = tf.function(
            lambda waveform, lengths: front_end.extract(waveform, lengths),
            input_signature=[WAVEFORM, LENGTHS],
        )
        front_end(tf.zeros((1, front_end.sample_rate)))  # only a built one is tracked
        both = [WAVEFORM, LENGTHS]
        self.functions: dict[str, tuple[Callable, list]] = {
            "serving_default": (self._serving_default, [WAVEFORM]),
            "serve_lengths": (self._serve_lengths, both),
            "serve_bytes": (self._serve_bytes, [AUDIO_BYTES]),
            "features": (self._features, both),
        }
        if attention := self._attention():
            self.functions["attention"] = (attention, both)
        if front_end.config.normalization == "speaker":
            shape = (None, 2, front_end.num_bands, front_end.num_channels)
            statistics = tf.TensorSpec(shape, tf.float32, name="statistics")
            self.functions["serve_enrolled"] = (
                self._serve_enrolled,
                [*both, statistics],
            )
            self.functions["enrol"] = (self._enrol, both)

    def _listen(self, waveform, lengths, statistics=None):
        features, mask = self._extract(waveform, lengths)
        features = self.front_end.normalize(features, mask, statistics)
        return {"features": features, "mask": mask}

    def _serving_default(self, waveform):
        batch, samples = tf.unstack(tf.shape(waveform))
        return self._serve_lengths(waveform, tf.fill([batch], samples))

    def _serve_lengths(self, waveform, lengths):
        heard = self._listen(waveform, lengths)
        return self._answer(self.model(heard, training=False))

    def _serve_bytes(self, audio_bytes):
        return self._serve_lengths(
            *decode_wavs(audio_bytes, self.front_end.sample_rate)
        )

    def _serve_enrolled(self, waveform, lengths, statistics):
        heard = self._listen(waveform, lengths, statistics)
        return self._answer(self.model(heard, training=False))

    def _enrol(self, waveform, lengths):
        extracted = self._extract(waveform, lengths)
        return {"statistics": self.front_end.speaker_statistics(*extracted)}

    def _features(self, waveform, lengths):
        heard = self._listen(waveform, lengths)
        return {**heard, "frame_times": self._times(heard["mask"])}

    def _times(self, frames):
        """Middle of each frame in seconds from the start: (frames,)."""
        config = self.front_end.config
        numbers = tf.cast(tf.range(tf.shape(frames)[1]), tf.float32)
        starts = numbers * config.hop_length
        return (starts + config.window_length / 2) / config.sample_rate

    def _attention(self):
        """Function of the signature `attention`; None where no layer attends."""
        names = {layer.name for layer in self.model.layers}
        found = [name for name in ATTENTIONS if name in names]
        if not found:
            return None
        layer = self.model.get_layer(found[0])
        view = layer_view(self.model, [f"{layer.name}:map", "output"])
        shown = self._shown(layer)

        def attention(waveform, lengths):
            heard = self._listen(waveform, lengths)
            outputs = view(heard, training=False)
            weights = outputs[f"{layer.name}:map"]
            if layer.name == "self_attention":
                weights = layer.received(weights)  # (batch, frames)
            answer = {**self._answer(outputs["output"]), "attention": weights}
            return {**answer, **shown(heard)}

        return attention

    def _shown(self, layer):
        """Function from what is heard to the outputs that have the features' frames."""
        # The convolutions of some baselines leave fewer frames than there are features.
        if not any(one.name == "level_1" for one in self.model.layers):
            return lambda heard: {}
        tensors, course = {}, _course(self.model)
        if course is not None:
            tensors["pooled"] = course.frames
        if layer.name == "self_attention":
            tensors["attended"] = node_of(self.model, layer.name).input_tensors[0]
        inner = keras.Model(self.model.input, tensors)

        def show(heard):
            hidden, mask = inner(heard, training=False), heard["mask"]
            shown = {"frame_times": self._times(mask)}
            if "attended" in hidden:
                weights = whole_map(layer, hidden["attended"], mask)
                shown["map"] = tf.reduce_mean(weights, axis=1)
            if course is not None:
                shown["posterior_over_time"] = course(hidden["pooled"], mask)
            return shown

        return show

    def _answer(self, posterior):
        best = tf.argmax(posterior, axis=-1)
        return {
            "probabilities": posterior,
            "label": tf.gather(self.names, best),
            "score": tf.reduce_max(posterior, axis=-1),
        }


def _course(model):
    try:
        return PosteriorCourse(model)
    except ValueError:  # a pooling of which there is no course
        return None

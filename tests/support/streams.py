"""Causal students for tests of streams, and streams of them without any export."""

import keras
import numpy as np
import tensorflow as tf

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.export.streaming.frame_stream import FrameStream
from satn_keras.export.streaming.signatures import start_answer, step_answer
from satn_keras.export.streaming.streaming_student import StreamingStudent
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")
SIZES = {"num_levels": 3, "filters": 7, "attention_units": 6}


def speech(seconds=1.73):
    """Near silence, a vowel, and another one: no two stretches alike."""
    parts = [0.001 * vowel(0.2, seed=4), vowel(0.7, pitch=170), vowel(seconds)]
    return np.concatenate(parts)[: round(16000 * seconds)]


def causal_student(features=None, **student):
    """Untrained student whose posterior moves with what it hears; and front end.

    Args:
        features: of its `FeatureConfig`.
        **student: of its `StudentConfig`, beside `SIZES` and causal attention.
    """
    keras.utils.set_random_seed(3)
    front_end = FrontEnd(FeatureConfig(**{"num_mels": 11, **(features or {})}))
    config = StudentConfig(**{**SIZES, "causal_attention": True, **student})
    model = build_student(
        3, config, front_end.num_bands, front_end.num_channels, seed=1
    )
    values = keras.ops.convert_to_numpy(front_end.extract(speech()[None])[0])[0]
    if front_end.config.normalization == "training":
        front_end.set_statistics(values.mean(axis=0), values.std(axis=0) + 0.1)
    return model, front_end


def offline(model, front_end, waveform, frames=None):
    """Posterior of the whole waveform's first frames; of all where None."""
    features, mask = front_end(waveform[None])
    inputs = {"features": features[:, :frames], "mask": mask[:, :frames]}
    return keras.ops.convert_to_numpy(model(inputs, training=False))[0]


def frame_stream(model, front_end, **options):
    """`FrameStream` of a student in memory; options of `StreamingStudent`."""
    student = StreamingStudent(model, front_end, **options)
    step = tf.function(lambda **inputs: step_answer(student, inputs))
    return FrameStream(
        lambda streams: start_answer(student, len(streams)),
        step,
        student.block_samples,
        CLASSES,
        front_end.sample_rate,
    )


def heard(stream, waveform, sizes):
    """Every answer of a stream to pieces of these sizes, the end's last."""
    answers, at = [], 0
    for size in sizes:
        answers.append(stream.push(waveform[at : at + size]))
        at += size
    assert at >= len(waveform)
    return [*answers, stream.finish()]


def posterior(prediction):
    """Probabilities of a prediction as an array."""
    return np.asarray(list(prediction.probabilities.values()))

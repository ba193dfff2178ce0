"""Exported models from waveform to posterior."""

import pathlib

import numpy as np

from benchmarks.performance.repeating import repeated

RATE = 16000


def by_saved_model(folder, model, cores, points):
    """The signature that takes lengths, as `Recognizer` calls it."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(cores)
    tf.config.threading.set_inter_op_parallelism_threads(cores)
    loaded = tf.saved_model.load(str(pathlib.Path(folder) / model / "1"))
    function = loaded.signatures["serve_lengths"]

    def run(waveform, lengths):
        waveform, lengths = tf.constant(waveform), tf.constant(lengths)
        answer = function(waveform=waveform, lengths=lengths)
        answer["probabilities"].numpy()

    return {name: on_noise(run, *point, keep=loaded) for name, point in points.items()}


def by_litert(folder, model, cores, points):
    """The one signature, without TensorFlow."""
    from ai_edge_litert.interpreter import Interpreter

    path = pathlib.Path(folder) / model / "litert" / "1" / "model.tflite"
    runner = Interpreter(str(path), num_threads=cores)
    runner = runner.get_signature_runner("serve_lengths")

    def run(waveform, lengths):
        runner(waveform=waveform, lengths=lengths)

    return {name: on_noise(run, *point) for name, point in points.items()}


def on_noise(run, utterances, seconds, times, keep=None):
    """Work of a point: `run` on float32 (utterances, samples) and int32 lengths."""
    samples = RATE * seconds
    sound = np.random.default_rng(3).standard_normal((utterances, samples), "float32")
    lengths = np.full(utterances, samples, "int32")

    def hear():
        run(0.1 * sound, lengths)
        return keep  # a loaded model lives as long as its function

    return repeated(hear, times, audio_seconds=utterances * seconds)

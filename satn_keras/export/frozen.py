"""Student with its front end as one function whose weights are constants."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.export.signatures import LENGTHS, WAVEFORM
from satn_keras.features import FrontEnd
from satn_keras.layers import chunked_copy

NAME = "serve_lengths"  # of the one signature, as in the SavedModel


def freeze(model: keras.Model, front_end: FrontEnd):
    """Function of waveform and lengths to probabilities, without variables.

    The converters of other formats take variables for state: LiteRT's then answers nan.
    Self-attention is computed some queries at a time, as in the SavedModel.

    Args:
        model: made by `build_student`.
        front_end: with the training part's statistics.

    Returns:
        Concrete function of `lengths` and `waveform`, in the order of its `inputs`.
    """
    from tensorflow.python.framework import convert_to_constants

    copy = chunked_copy(model)
    front_end(tf.zeros((1, front_end.sample_rate)))  # builds it outside the graph

    @tf.function(input_signature=[WAVEFORM, LENGTHS])
    def serve(waveform, lengths):
        features, mask = front_end(waveform, lengths)
        return copy({"features": features, "mask": mask}, training=False)

    return convert_to_constants.convert_variables_to_constants_v2(
        serve.get_concrete_function(), lower_control_flow=False
    )


def save_frozen(frozen, folder: str) -> None:
    """SavedModel of a frozen function, for converters that take nothing else."""
    names = [tensor.name.split(":")[0] for tensor in frozen.inputs]

    @tf.function(input_signature=[WAVEFORM, LENGTHS])
    def serve(waveform, lengths):
        given = {"waveform": waveform, "lengths": lengths}
        (probabilities,) = frozen(*[given[name] for name in names])
        return {"probabilities": probabilities}

    # A constant function has no gradient to save, and chunked attention's cannot be.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(tf.Module(), folder, signatures={NAME: serve}, options=options)

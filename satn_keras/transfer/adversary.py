"""Classifier of the training speakers, against which a student is trained."""

import keras

from satn_keras.layers import GradientReversal
from satn_keras.transfer.views import layer_view, named_outputs


def speaker_adversary(
    student: keras.Model,
    num_speakers: int,
    weight: float,
    units: int = 64,
    seed: int = 0,
) -> keras.Model:
    r"""Judge of who speaks, behind a reversed gradient.

    $$\hat s = \mathrm{softmax}(W_2\,\mathrm{ReLU}(W_1 R_\lambda(h) + b_1) + b_2)$$

    h are the features that the student judges the emotion by (`judged_layer`). Trained
    by the cross-entropy of the speaker, the judge learns to tell voices apart, and the
    student, whose gradient is turned round and counts lambda, to leave nothing in h
    that tells them. No random number is drawn from the global state.

    Args:
        student: functional model whose last layer judges.
        num_speakers: of the training part.
        weight: lambda.
        units: of the hidden layer.
        seed: of the first weights.

    Returns:
        Functional model from h, (batch, channels), to (batch, num_speakers), float32.

    Raises:
        ValueError: if there are fewer than two speakers.

    References:
        Ganin & Lempitsky, Unsupervised domain adaptation by backpropagation, 2015.
        Abdelwahab & Busso, Domain adversarial for acoustic emotion recognition, 2018.
    """
    if num_speakers < 2:
        raise ValueError(
            "`num_speakers` must be at least 2: one voice is told from no other. "
            f"Received: num_speakers={num_speakers}."
        )

    def dense(width, activation, seed, name):
        first = keras.initializers.GlorotUniform(seed)
        return keras.layers.Dense(
            width, activation, kernel_initializer=first, dtype="float32", name=name
        )

    width = layer_view(student, [judged_layer(student)]).outputs[0].shape[-1]
    heard = keras.Input((width,), name="pooled")
    x = GradientReversal(weight, dtype="float32", name="reversal")(heard)
    x = dense(units, "relu", seed, "speaker_hidden")(x)
    speaker = dense(num_speakers, "softmax", seed + 1, "speaker_posterior")(x)
    return keras.Model(heard, speaker, name="speaker_adversary")


def judged_layer(student: keras.Model) -> str:
    """Name of the layer whose output the student's last layer judges.

    Example:
        >>> x = keras.Input((3,))
        >>> pooled = keras.layers.Dense(2, name="pooled")(x)
        >>> judged_layer(keras.Model(x, keras.layers.Dense(2)(pooled)))
        'pooled'
    """
    named_outputs(student)  # refuses what is not functional
    operation, node, _ = student.outputs[0]._keras_history
    heard = operation._inbound_nodes[node].input_tensors[0]
    return heard._keras_history.operation.name

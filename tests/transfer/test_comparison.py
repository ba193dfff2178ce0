"""What is compared where a model keeps no map of each pair of frames."""

import keras
import numpy as np
import pytest

from satn_keras.layers import SelfAttention
from satn_keras.transfer import AttentionTransfer
from satn_keras.transfer.comparison import compare
from tests.transfer.small_models import (
    CLASSES,
    batch,
    cross_entropy,
    small_encoder,
    small_inputs,
    small_recognizer,
)

NEARBY, CHUNKED = {"reach": 3}, {"chunk": 4}
frugal = pytest.mark.parametrize("options", [NEARBY, CHUNKED], ids=str)


def encoder(name, seed=1, **options):
    """Student whose self-attention has those options."""
    keras.utils.set_random_seed(seed)
    inputs = small_inputs()
    x = keras.layers.Reshape((-1, 15))(inputs["features"])
    x = keras.layers.Dense(7, activation="relu", name="level_1")(x)
    attention = SelfAttention(7, name="self_attention", **options)
    context, _ = attention(x, mask=inputs["mask"])
    pooled = keras.layers.GlobalAveragePooling1D()(context)
    posterior = keras.layers.Dense(CLASSES, activation="softmax")(pooled)
    return keras.Model(inputs, posterior, name=name)


@frugal
@pytest.mark.parametrize("of_student", [True, False])
def test_maps_that_are_not_kept_cannot_be_compared(options, of_student):
    models = [encoder("student"), encoder("teacher", seed=2)]
    models[0 if of_student else 1] = encoder("frugal", seed=3, **options)
    values = ", ".join(f"{name}={options.get(name)}" for name in ("reach", "chunk"))
    with pytest.raises(ValueError, match=f"self_attention of frugal .*{values}"):
        AttentionTransfer(*models, map="attention")


@frugal
def test_a_frugal_student_copies_the_activations_of_a_whole_teacher(options):
    student, teacher = encoder("student", **options), small_recognizer("teacher")
    trainer = AttentionTransfer(student, teacher)
    trainer.compile("sgd", cross_entropy())
    x, y = batch()
    history = trainer.fit(x, y, epochs=8, verbose=0).history["transfer_loss"]
    assert history[-1] < history[0]
    assert trainer.pairs[-1] == ("self_attention", "self_attention")


@frugal
def test_beside_a_frugal_student_the_teacher_is_as_frugal_and_says_the_same(options):
    teacher, (x, _) = small_recognizer("teacher"), batch()
    whole = compare(encoder("student"), teacher, "activation", None)
    linear = compare(encoder("student", **options), teacher, "activation", None)
    assert whole.teacher.view.get_layer("self_attention").gives_full_map
    assert not linear.teacher.view.get_layer("self_attention").gives_full_map
    assert teacher.get_layer("self_attention").gives_full_map  # itself unchanged
    expected, found = (each.teacher.hear(x, True)["maps"] for each in (whole, linear))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_a_whole_student_leaves_its_teacher_as_it_is():
    teacher = small_encoder("teacher", seed=2)
    comparison = compare(small_encoder("student"), teacher, "activation", None)
    assert teacher.get_layer("self_attention") in comparison.teacher.view.layers


@frugal
def test_every_control_serves_a_frugal_student(options):
    x, y = batch()
    partners = {f"partner_{name}": value[::-1] for name, value in x.items()}
    for control in ("untrained", "uniform", "shuffled", "other_utterance"):
        trainer = AttentionTransfer(
            encoder("student", **options),
            small_recognizer("teacher", seed=2),
            control=control,
            name=control,
        )
        trainer.compile("sgd", cross_entropy())
        history = trainer.fit({**x, **partners}, y, verbose=0).history
        assert 0 < history["transfer_loss"][0] < 2 * len(trainer.pairs)

"""The weight of an epoch is known from its number."""

import keras
import numpy as np
import pytest

from satn_keras.transfer import Annealing, AttentionTransfer, annealed_share
from tests.transfer.small_models import (
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)


@pytest.mark.parametrize(
    ("annealing", "direction", "expected"),
    [
        ("linear", "down", [1, 0.75, 0.5, 0.25, 0, 0]),
        ("linear", "up", [0, 0.25, 0.5, 0.75, 1, 1]),
        ("cosine", "down", [1, 0.853553, 0.5, 0.146447, 0, 0]),
        ("cosine", "up", [0, 0.146447, 0.5, 0.853553, 1, 1]),
    ],
)
def test_the_share_follows_its_line(annealing, direction, expected):
    shares = [annealed_share(annealing, direction, 4, epoch) for epoch in range(6)]
    np.testing.assert_allclose(shares, expected, atol=1e-6)


def trained(epochs, weight=0.8, annealing=None, first=0, student=None):
    """History and weights; `annealing` as `Annealing` takes it."""
    student = student or small_encoder("student", seed=2)
    trainer = AttentionTransfer(
        student,
        small_recognizer(seed=3),
        weight=weight,
        annealing=annealing is not None,
    )
    trainer.compile(keras.optimizers.SGD(0.1), cross_entropy())
    callbacks = [] if annealing is None else [Annealing(*annealing)]
    x, y = batch()
    history = trainer.fit(
        x, y, initial_epoch=first, epochs=epochs, callbacks=callbacks, verbose=0
    ).history
    return history, student


def assert_same(one, other):
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_the_loss_of_each_epoch_has_its_weight_and_the_logs_say_it():
    history, _ = trained(4, annealing=("linear", "down", 2))
    weights = np.array([0.8, 0.4, 0.0, 0.0])
    np.testing.assert_allclose(history["transfer_weight"], weights, atol=1e-6)
    expected = history["emotion_loss"] + weights * history["transfer_loss"]
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-5)


def test_the_epochs_after_the_last_annealed_one_copy_nothing():
    # Epoch 1 has no weight left: the step is that of a student alone.
    _, annealed = trained(1, annealing=("linear", "up", 1))
    _, alone = trained(1, weight=0.0)
    assert_same(annealed, alone)


def test_a_run_that_goes_on_takes_the_weights_of_one_that_did_not_stop():
    schedule = ("cosine", "down", 3)
    _, whole = trained(3, annealing=schedule)
    _, student = trained(2, annealing=schedule)
    history, student = trained(3, annealing=schedule, first=2, student=student)
    assert_same(student, whole)
    assert history["transfer_weight"] == pytest.approx([0.8 * 0.25])

"""A judge of the speaker learns, and the student learns to leave him nothing."""

import keras
import numpy as np
import pytest

from satn_keras.transfer import AttentionTransfer, speaker_adversary
from satn_keras.transfer.adversary import judged_layer
from tests.transfer.small_models import (
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)
from tests.transfer.test_trainer import numpy_encoder, snapshot, softmax

SPEAKERS, UNITS, ROWS = 3, 13, 5
WHO = np.arange(ROWS) % SPEAKERS


def speakers_batch():
    x, y = batch(ROWS)
    return x | {"speaker": np.eye(SPEAKERS, dtype="float32")[WHO]}, y


def against(weight, teacher=None, learning_rate=1.0, **kwargs):
    """Trainer of a student with an adversary, and without one at weight None."""
    student = small_encoder("student", seed=2)
    if weight is not None:
        kwargs["adversary"] = speaker_adversary(student, SPEAKERS, weight, UNITS, 4)
    trainer = AttentionTransfer(
        student, teacher, weight=0.0 if teacher is None else 0.5, **kwargs
    )
    optimizer = keras.optimizers.SGD(learning_rate)
    trainer.compile(optimizer, cross_entropy(), run_eagerly=True)
    return trainer


def numpy_speaker_loss(trainer, x):
    """Mean cross-entropy of the speakers, from the weights alone."""
    true = x["mask"]
    maps, _ = numpy_encoder(trainer.student, x)
    pooled = maps["self_attention"].sum(1) / true.sum(1, keepdims=True)
    first, first_bias, last, last_bias = trainer.adversary.get_weights()
    hidden = np.maximum(pooled @ first + first_bias, 0)
    guess = softmax(hidden @ last + last_bias)
    return -np.log(guess[np.arange(ROWS), WHO]).mean()


def test_the_students_step_climbs_what_the_judges_step_descends():
    x, y = speakers_batch()
    plain, turned = against(None), against(0.7)
    for trainer in (plain, turned):  # off the bend of the rectifier
        level = trainer.student.get_layer("level_2")
        level.set_weights([level.get_weights()[0], np.full(7, 0.1, "float32")])
    bias = np.full(7, 0.1)

    def loss_at(change):
        kernel, _ = turned.student.get_layer("level_2").get_weights()
        moved = bias + change * (np.arange(7) == 0)
        turned.student.get_layer("level_2").set_weights([kernel, moved])
        loss = numpy_speaker_loss(turned, x)
        turned.student.get_layer("level_2").set_weights([kernel, bias])
        return loss

    slope = (loss_at(1e-4) - loss_at(-1e-4)) / 2e-4
    last_bias = turned.adversary.get_weights()[-1]
    for trainer in (plain, turned):
        trainer.train_on_batch(x, y)
    moved = [
        t.student.get_layer("level_2").get_weights()[1][0] for t in (plain, turned)
    ]
    assert abs(slope) > 1e-3
    assert moved[1] - moved[0] == pytest.approx(0.7 * slope, rel=0.02)
    # The sum of a softmax's slopes is zero, and the judge's own is not reversed.
    assert np.abs(turned.adversary.get_weights()[-1] - last_bias).max() > 1e-3


def test_the_metric_is_the_cross_entropy_on_paper():
    x, y = speakers_batch()
    trainer = against(0.7)
    expected = numpy_speaker_loss(trainer, x)
    logs = trainer.train_on_batch(x, y, return_dict=True)
    assert logs["speaker_loss"] == pytest.approx(expected, abs=1e-5)
    total = logs["emotion_loss"] + logs["speaker_loss"]
    assert logs["loss"] == pytest.approx(total, abs=1e-5)


def test_weight_zero_trains_a_judge_and_leaves_the_student_alone():
    x, y = speakers_batch()
    plain, watched = against(None, learning_rate=0.1), against(0.0, learning_rate=0.1)
    before = numpy_speaker_loss(watched, x)
    for trainer in (plain, watched):
        trainer.fit(x, y, epochs=3, verbose=0)
    for one, other in zip(
        snapshot(plain.student), snapshot(watched.student), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert numpy_speaker_loss(watched, x) < before


def test_a_judge_that_is_fought_tells_the_speakers_less_well():
    x, y = speakers_batch()

    def last_loss(weight):
        trainer = against(weight, learning_rate=0.3)
        return trainer.fit(x, y, epochs=40, verbose=0).history["speaker_loss"][-1]

    assert last_loss(0.0) < 0.5 < last_loss(0.3)


def test_no_speaker_is_asked_for_in_validation_and_none_is_scored():
    x, y = speakers_batch()
    held_out = batch(ROWS, seed=1)
    trainer = against(0.7, small_recognizer(seed=3))
    history = trainer.fit(x, y, validation_data=held_out, verbose=0).history
    trained = {"loss", "emotion_loss", "transfer_loss", "speaker_loss"}
    assert trained <= set(history)
    assert "val_transfer_loss" in history
    assert "val_speaker_loss" not in history
    assert trainer.predict(held_out[0], verbose=0).shape == (ROWS, 3)


def test_the_saved_student_has_no_judge_and_the_backup_has(tmp_path):
    trainer = against(0.7)
    trainer.save(tmp_path / "student.keras")
    loaded = keras.models.load_model(tmp_path / "student.keras")
    assert [v.path for v in loaded.weights] == [v.path for v in trainer.student.weights]
    own = {id(v) for v in trainer.variables}
    assert own >= {id(v) for v in trainer.adversary.trainable_variables}


def test_the_judge_draws_nothing_from_the_global_state():
    student = small_encoder("student")
    keras.utils.set_random_seed(7)
    expected = keras.layers.Dense(3).build((None, 2)), np.random.random()
    keras.utils.set_random_seed(7)
    one = speaker_adversary(student, SPEAKERS, 1.0, UNITS, seed=4).get_weights()
    assert (keras.layers.Dense(3).build((None, 2)), np.random.random()) == expected
    other = speaker_adversary(student, SPEAKERS, 1.0, UNITS, seed=4).get_weights()
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_judge_hears_what_the_emotion_is_judged_by():
    student = small_encoder("student")
    name = judged_layer(student)
    assert isinstance(student.get_layer(name), keras.layers.GlobalAveragePooling1D)
    judge = speaker_adversary(student, SPEAKERS, 1.0, UNITS)
    assert (judge.input_shape, judge.output_shape) == ((None, 7), (None, SPEAKERS))


def test_one_speaker_is_told_from_nobody():
    with pytest.raises(ValueError, match="`num_speakers` must be at least 2: one"):
        speaker_adversary(small_encoder("student"), 1, 1.0)

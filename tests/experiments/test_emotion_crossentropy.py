"""Smoothed cross-entropy: by hand, beside Keras's own, and with weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.emotion_crossentropy import EmotionCrossentropy
from satn_keras.experiments.student_trainer import make_trainer
from tests.transfer.small_models import small_encoder

LABELS = np.array([2, 0, 1, 2, 2], "int32")


def posteriors():
    values = np.random.default_rng(3).uniform(0.1, 1, (5, 3))
    return (values / values.sum(1, keepdims=True)).astype("float32")


def test_a_share_of_the_truth_is_spread_over_all_classes():
    p = np.array([[0.7, 0.2, 0.1]], "float32")
    by_hand = -(0.8 * np.log(0.7) + 0.1 * np.log(0.2) + 0.1 * np.log(0.1))
    found = EmotionCrossentropy(label_smoothing=0.3)(np.array([0]), p)
    assert float(found) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("weights", [None, np.array([1, 2, 0, 0.5, 3], "float32")])
def test_without_smoothing_it_is_the_cross_entropy_of_the_class(weights):
    plain = keras.losses.SparseCategoricalCrossentropy()
    expected = plain(LABELS, posteriors(), sample_weight=weights)
    found = EmotionCrossentropy()(LABELS, posteriors(), sample_weight=weights)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("shape", [(5,), (5, 1)])
def test_classes_and_their_shares_are_the_same_truth(shape):
    loss = EmotionCrossentropy(label_smoothing=0.1)
    found = loss(LABELS.reshape(shape), posteriors())
    expected = loss(np.eye(3, dtype="float32")[LABELS], posteriors())
    assert float(found) == pytest.approx(float(expected), rel=1e-6)


def test_the_loss_reads_back_from_its_config():
    loss = EmotionCrossentropy(label_smoothing=0.1)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert float(again(LABELS, posteriors())) == float(loss(LABELS, posteriors()))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_recipe_s_smoothing_reaches_the_trainer(smoothing):
    config = ExperimentConfig.model_validate(
        {
            "student_training": {"label_smoothing": smoothing},
            "transfer": {"weight": 0.0},
        }
    )
    trainer = make_trainer(small_encoder("student", seed=3), None, config)
    found = trainer.compute_loss(
        None, tf.constant(LABELS), tf.constant(posteriors()), None
    )
    truth = np.eye(3)[LABELS] * (1 - smoothing) + smoothing / 3
    by_hand = -(truth * np.log(posteriors())).sum(1).mean()
    assert float(found) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("key", ["label_smoothing", "mixup"])
@pytest.mark.parametrize("system", ["dnn_elm", "rnn_elm", "gmm_hmm", "dnn_hmm"])
def test_a_system_with_a_loss_of_its_own_takes_no_soft_labels(system, key, tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text(f"system: {{name: {system}}}\n")
    with pytest.raises(ConfigError, match=f"{key}` has no effect on .* {system}"):
        ExperimentConfig.from_yaml(path, [f"student_training.{key}=0.1"])

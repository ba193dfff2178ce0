"""Unweighted accuracy against scikit-learn and by hand."""

import keras
import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from satn_keras.metrics import UnweightedAccuracy


def one_hot(labels, num_classes):
    return np.eye(num_classes, dtype="float32")[labels]


def streamed(labels, posteriors, weights, sizes):
    metric = UnweightedAccuracy(num_classes=posteriors.shape[-1])
    for part in np.split(np.arange(len(labels)), np.cumsum(sizes)):
        chosen = None if weights is None else weights[part]
        metric.update_state(labels[part], posteriors[part], chosen)
    return float(metric.result())


@pytest.fixture
def scored():
    rng = np.random.default_rng(7)
    labels = rng.choice(5, size=101, p=[0.5, 0.2, 0.2, 0.07, 0.03])
    posteriors = rng.dirichlet(np.ones(5), size=101).astype("float32")
    posteriors += 0.4 * one_hot(labels, 5)
    return labels, posteriors


def test_batches_of_any_size_give_the_score_of_the_whole(scored):
    labels, posteriors = scored
    expected = balanced_accuracy_score(labels, posteriors.argmax(-1))
    assert streamed(labels, posteriors, None, []) == pytest.approx(expected, abs=1e-6)
    ragged = streamed(labels, posteriors, None, [1, 17, 2, 53])
    assert ragged == pytest.approx(expected, abs=1e-6)


def test_sample_weights_count_as_in_scikit_learn(scored):
    labels, posteriors = scored
    weights = np.random.default_rng(3).uniform(0.1, 3, 101).astype("float32")
    expected = balanced_accuracy_score(
        labels, posteriors.argmax(-1), sample_weight=weights
    )
    ours = streamed(labels, posteriors, weights, [13, 29])
    assert ours == pytest.approx(expected, abs=1e-6)


def test_a_class_without_utterances_does_not_lower_the_mean():
    metric = UnweightedAccuracy(num_classes=7)
    metric.update_state([2, 2, 5], one_hot([2, 5, 5], 7))
    assert float(metric.result()) == pytest.approx((1 / 2 + 1) / 2)


def test_always_guessing_the_largest_class_scores_chance():
    metric = UnweightedAccuracy(num_classes=3)
    metric.update_state([0] * 97 + [1, 1, 2], one_hot([0] * 100, 3))
    assert float(metric.result()) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "encode", [lambda y: y, lambda y: y[:, None], lambda y: one_hot(y, 5)]
)
def test_class_numbers_columns_and_one_hot_rows_mean_the_same(scored, encode):
    labels, posteriors = scored
    metric = UnweightedAccuracy(num_classes=5)
    metric.update_state(encode(labels), posteriors)
    expected = balanced_accuracy_score(labels, posteriors.argmax(-1))
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)


def test_a_label_of_no_class_is_not_counted():
    metric = UnweightedAccuracy(num_classes=3)
    metric.update_state([-1, 3, 1, 1], one_hot([0, 2, 1, 0], 3))
    assert float(metric.result()) == pytest.approx(1 / 2)


def test_reset_forgets_and_an_empty_metric_reads_zero(scored):
    metric = UnweightedAccuracy(num_classes=5)
    metric.update_state(*scored)
    metric.reset_state()
    assert float(metric.result()) == 0
    metric.update_state([3], one_hot([3], 5))
    assert float(metric.result()) == 1


def test_config_round_trip_keeps_name_and_classes():
    metric = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(UnweightedAccuracy(4, name="val_recall"))
    )
    assert (metric.num_classes, metric.name) == (4, "val_recall")


def test_a_callback_in_mode_auto_takes_the_larger_score_as_the_better():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Softmax()])
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[UnweightedAccuracy(2)],
    )
    stopping = keras.callbacks.EarlyStopping(monitor="ua", mode="auto")
    x, y = np.eye(2, dtype="float32"), np.arange(2)
    model.evaluate(x, y, verbose=0)
    stopping.set_model(model)
    stopping._set_monitor_op()
    assert bool(stopping.monitor_op(0.7, 0.6))


def test_fewer_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="`num_classes` must be at least 2.*=1"):
        UnweightedAccuracy(num_classes=1)


def test_posteriors_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"num_classes=4 posteriors.*\(2, 3\)"):
        UnweightedAccuracy(num_classes=4).update_state([0, 1], np.ones((2, 3)))

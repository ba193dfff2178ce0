"""On one device the mixin's steps are Keras's own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.distribution import ReplicaModel, outputs_alone
from satn_keras.distribution.stand_in import _with_stand_in

ROWS, VALUES = 7, 5


def arrays():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(ROWS, VALUES)).astype("float32")
    return x, rng.integers(0, 3, ROWS), rng.uniform(size=ROWS).astype("float32")


def network():
    keras.utils.set_random_seed(4)
    inputs = keras.Input((VALUES,))
    hidden = keras.layers.Dense(
        3, kernel_regularizer=keras.regularizers.L2(0.1), activation="softmax"
    )
    return keras.Model(inputs, hidden(inputs))


def trained(model):
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    x, y, weights = arrays()
    history = model.fit(
        x,
        y,
        sample_weight=weights,
        validation_data=(x, y),
        batch_size=4,
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    return history.history, model.get_weights()


def test_one_device_trains_as_keras_does_to_the_bit():
    plain, replicated = trained(network()), trained(ReplicaModel.of(network()))
    assert plain[0] == replicated[0]
    for one, other in zip(plain[1], replicated[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_losses_of_several_outputs_are_means_over_rows():
    inputs = keras.Input((VALUES,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in "ab"}
    model = ReplicaModel(inputs, outputs)
    losses = {name: keras.losses.MeanSquaredError() for name in "ab"}
    model.compile("sgd", losses)
    x = arrays()[0]
    truth = {name: np.arange(ROWS, dtype="float32")[:, None] for name in "ab"}
    logs = model.evaluate(x, truth, batch_size=4, return_dict=True, verbose=0)
    said = model.predict(x, verbose=0)
    for name in "ab":
        by_hand = np.mean((said[name] - truth[name]) ** 2)
        np.testing.assert_allclose(logs[f"{name}_loss"], by_hand, rtol=1e-5)


def test_with_the_means_of_its_losses_made_a_step_is_traced_once(monkeypatch):
    traced = []
    step = ReplicaModel.train_step
    monkeypatch.setattr(
        ReplicaModel, "train_step", lambda *each: traced.append(1) or step(*each)
    )
    inputs = keras.Input((VALUES,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in "ab"}
    model = ReplicaModel(inputs, outputs)
    model.compile("sgd", {name: keras.losses.MeanSquaredError() for name in "ab"})
    model.make_loss_metrics()
    truth = {name: np.ones((ROWS, 1), "float32") for name in "ab"}
    history = model.fit(arrays()[0], truth, batch_size=ROWS, epochs=2, verbose=0)
    assert len(traced) == 1
    assert set(history.history) == {"loss", "a_loss", "b_loss"}


def test_outputs_alone_are_those_of_predict():
    model, x = network(), arrays()[0]
    np.testing.assert_allclose(
        outputs_alone(model)(x), model.predict(x, verbose=0), rtol=1e-6
    )


@pytest.mark.parametrize("rows, expected", [(0, 1), (1, 1), (3, 3)])
def test_a_row_stands_in_where_there_is_none(rows, expected):
    batch = {
        "features": tf.ones((rows, 3, 2)),
        "mask": tf.ones((rows, 3), tf.bool),
        "tokens": tf.ones((rows, 4), tf.int32),
    }
    whole = _with_stand_in(batch)
    assert {value.shape[0] for value in whole.values()} == {expected}
    for name, value in batch.items():
        np.testing.assert_array_equal(whole[name][:rows], value)
    if rows == 0:
        assert np.std(whole["features"]) > 0  # or a deviation had no gradient
        assert np.all(whole["mask"])
        assert np.all(whole["tokens"].numpy() == 0)


@pytest.mark.parametrize("built", [False, True], ids=["new", "resumed"])
def test_an_epoch_that_ends_unannounced_takes_no_step_too_many(built):
    inputs = keras.Input((VALUES,))
    dropout = keras.layers.Dropout(0.5, seed=1)
    model = ReplicaModel(inputs, keras.layers.Dense(1)(dropout(inputs)))
    model.compile("adam", keras.losses.MeanSquaredError(), jit_compile=False)
    if built:  # as a backup needs it; then nothing is traced twice
        model.optimizer.build(model.trainable_variables)
    rows = tf.data.Dataset.from_tensor_slices((arrays()[0], np.ones((ROWS, 1))))
    unannounced = tf.data.Dataset.range(1).flat_map(lambda _: rows.batch(4))
    before = np.asarray(dropout.seed_generator.state)
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(unannounced, epochs=3, shuffle=False, verbose=0)
    assert int(model.optimizer.iterations) == 3 * 2
    drawn = np.asarray(dropout.seed_generator.state) - before
    assert drawn.tolist() == [0, 3 * 2]

"""Steps of a Keras model that come to the same on one device and on many."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.distribution.share import Share, counted_by_share
from satn_keras.distribution.stand_in import filled, own_rows, rows_of


class ReplicaTraining:
    r"""Mixin for a `keras.Model`: training on several replicas and several workers.

    A step on n replicas is the step of one device with the whole batch:

    $$\nabla L = \sum_r \frac{m_r}{\sum_s m_s} \nabla L_r$$

    L_r is the loss that replica r sees, a mean over m_r: its rows, or its sample
    weights where the loss is one of reduction "mean_with_sample_weight". Keras alone
    counts each replica for 1 / n, so that a row of the smaller share of a ragged
    batch would weigh more.

    Keras 3's `fit` fails on several workers (keras-team/keras#20585); with two
    overrides it works, callbacks and all:

    - `_maybe_symbolic_build` makes the metrics from the shapes of one replica's share
      and does nothing once they are there. Keras takes the mean of the replicas'
      batches, which neither a bool mask nor batches of two sizes have.
    - `train_step` and `test_step` return logs of shape (1,), since Keras reduces
      those of several workers over axis 0, which a scalar lacks.

    A replica may have no row at all of a ragged batch. Its model hears one that
    stands in, since not every operation takes an empty batch, and nothing is made of
    what it says (`filled`, `own_rows`).

    A model with a step of its own calls these and `share_of_batch` in it.

    References:
        https://github.com/keras-team/keras/issues/20585
    """

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = own_rows(self(filled(x), training=True), x)
            loss = self.compute_loss(x, y, y_pred, sample_weight, training=True)
            share = self.share_of_batch(x, sample_weight)
            scaled = self.optimizer.scale_loss(share.weigh(loss))
        variables = self.trainable_variables
        gradients = tape.gradient(scaled, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        share.show(self._loss_tracker, loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = own_rows(self(filled(x), training=False), x)
        loss = self.compute_loss(x, y, y_pred, sample_weight, training=False)
        self.share_of_batch(x, sample_weight).show(self._loss_tracker, loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data):
        x, *_ = keras.utils.unpack_x_y_sample_weight(data)
        return own_rows(self(filled(x), training=False), x)

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        given = (x, y, y_pred, sample_weight, training)
        if self._compile_loss is None or not isinstance(self.loss, dict):
            return super().compute_loss(*given)
        if not self._compile_loss.built:
            self._compile_loss.build(y, y_pred)
        share = self.share_of_batch(x, sample_weight)
        with counted_by_share(self._compile_loss.metrics, share):
            return super().compute_loss(*given)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        logs = super().compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        if not _on_several_workers():
            return logs
        return {name: tf.reshape(value, (1,)) for name, value in logs.items()}

    def share_of_batch(self, x, sample_weight=None) -> Share:
        """Part of this replica in the batch, by what the loss averages over."""
        rows = rows_of(x)
        reduction = getattr(self.loss, "reduction", None)
        if reduction == "mean_with_sample_weight" and sample_weight is not None:
            return Share.of(rows, tf.reduce_sum(sample_weight))
        return Share.of(rows, rows)

    def make_train_function(self, force=False):
        if self._distribute_strategy is None and not self.optimizer.built:
            # Otherwise the first step does it, which must then be traced once more.
            self.optimizer.build(self.trainable_variables)
        super().make_train_function(force)

    def _make_function(self, step_function):
        def step(data):
            if self.optimizer is not None and not self.optimizer.built:
                return step_function(data)  # a trace that makes its variables, not run
            # Where an epoch ends because its data do, Keras runs a step too many,
            # of which all is done that waits for no data: the optimizer would count
            # it, and dropout draw.
            given = [part for part in tf.nest.flatten(data) if tf.is_tensor(part)]
            with tf.control_dependencies(given):
                return step_function(data)

        return super()._make_function(step)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        strategy = self._distribute_strategy
        if strategy is None or self._is_ready_for_fit():
            return
        if iterator is not None:
            _, _, batches = next(iter(iterator))
            data_batch = next(batches)
        share = keras.tree.map_structure(
            lambda value: strategy.experimental_local_results(value)[0], data_batch
        )
        with strategy.scope():
            self._symbolic_build(data_batch=share)

    def _is_ready_for_fit(self):
        parts = (self._compile_metrics, self._compile_loss, self.optimizer)
        return all(part is None or part.built for part in parts)


class ReplicaModel(ReplicaTraining, keras.Model):
    """Functional model that trains on any number of replicas and workers.

    Example:
        >>> inputs = keras.Input((3,))
        >>> model = ReplicaModel(inputs, keras.layers.Dense(1)(inputs))
        >>> model.compile("sgd", keras.losses.MeanSquaredError())
        >>> history = model.fit(
        ...     keras.ops.ones((5, 3)), keras.ops.zeros((5, 1)), verbose=0
        ... )
        >>> sorted(history.history)
        ['loss']
    """

    @classmethod
    def of(cls, network: keras.Model) -> ReplicaModel:
        """Model with the weights of `network`, whose forward pass it runs."""
        return cls(network.input, network(network.input), name="learner")

    def make_loss_metrics(self):
        """Make the mean of each output's loss, for targets named as the outputs.

        Otherwise the first step makes them, which must then be traced once more.
        """
        self._compile_loss.build(self.output, self.output)


def _on_several_workers():
    strategy = tf.distribute.get_strategy()
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return False
    return len(strategy.cluster_resolver.cluster_spec().as_dict().get("worker", ())) > 1

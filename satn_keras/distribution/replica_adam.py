"""Adam whose step is that of the whole batch, however many replicas share it."""

from __future__ import annotations

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="satn_keras")
class ReplicaAdam(keras.optimizers.Adam):
    r"""Adam that clips, decays and averages as on one device.

    Keras clips the gradient of each replica before it adds them up, so that several
    replicas take another step than one device with the same batch. Here each
    replica's part g_r is scaled by what the sum asks for,

    $$g_r \min\left(1, \frac{c}{\lVert \sum_s g_s \rVert}\right)$$

    `weight_decay` is decoupled (a weight loses its share, times the learning rate, in
    each step) and takes matrices and kernels alone: no bias, no gain, no vector. The
    averages of `use_ema` stay beside the weights (`swap_averages`); Keras would leave
    them in the model at the end of each `fit`, from where a later one went on.

    Example:
        >>> ReplicaAdam(0.001, global_clipnorm=5.0).global_clipnorm
        5.0

    References:
        Loshchilov & Hutter, Decoupled weight decay regularization, 2019.
        Polyak & Juditsky, Acceleration of stochastic approximation by averaging, 1992.
    """

    def _clip_gradients(self, grads):
        replica = tf.distribute.get_replica_context()
        alone = replica is None or replica.num_replicas_in_sync == 1
        if self.global_clipnorm is None or alone:
            return super()._clip_gradients(grads)
        parts = [tf.convert_to_tensor(part) for part in grads if part is not None]
        norm = tf.linalg.global_norm(replica.all_reduce("sum", parts))
        scale = self.global_clipnorm / tf.maximum(norm, self.global_clipnorm)
        scaled = (part * scale for part in parts)
        return [None if part is None else next(scaled) for part in grads]

    def swap_averages(self) -> None:
        """Exchange the weights and their moving averages, to the bit."""
        averages = self._model_variables_moving_average
        for variable, average in zip(self._trainable_variables, averages, strict=True):
            weights = keras.ops.convert_to_numpy(variable)
            variable.assign(keras.ops.convert_to_numpy(average))
            average.assign(weights)

    def finalize_variable_values(self, var_list):
        """Leave the weights as they are: training may go on from them."""

    def _use_weight_decay(self, variable):
        return len(variable.shape) > 1 and super()._use_weight_decay(variable)

    def _update_model_variables_moving_average(self, trainable_variables):
        # Keras assigns on each replica, which variables of several do not allow.
        first = tf.equal(self.iterations.value, 0)
        momentum = tf.where(first, 0.0, self.ema_momentum)
        averages = self._model_variables_moving_average
        pairs = [
            (average.value, variable.value)
            for average, variable in zip(averages, trainable_variables, strict=True)
        ]
        tf.__internal__.distribute.interim.maybe_merge_call(
            _move, self._distribution_strategy, pairs, momentum
        )


def _move(strategy, pairs, momentum):
    def towards(average, value, momentum):
        kept = tf.cast(momentum, average.dtype)
        average.assign(kept * average + (1 - kept) * value)

    for average, variable in pairs:
        strategy.extended.update(
            average, towards, args=(variable, momentum), group=False
        )

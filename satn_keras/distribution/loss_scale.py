"""Loss scaling that passes over a step in which any replica's gradient overflows."""

from __future__ import annotations

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="satn_keras")
class LossScale(keras.optimizers.LossScaleOptimizer):
    r"""Optimizer of gradients in float16, which vanish unless the loss is large.

    The loss is multiplied by a scale s before its gradient is taken, and the
    gradient is divided by it afterwards, before it is clipped. Where a gradient is
    not finite the weights stay as they are and s is halved; after
    `dynamic_growth_steps` steps without that it is doubled.

    Keras looks at the gradients of the first replica alone: an overflow on another
    one would reach the weights of all. Here the replicas decide together.

    Args:
        inner_optimizer: optimizer of the unscaled gradients.
        initial_scale: first s.
        dynamic_growth_steps: steps between two attempts at a larger s.
        name: of the optimizer.

    Example:
        >>> optimizer = LossScale(keras.optimizers.SGD(0.1), initial_scale=8.0)
        >>> float(optimizer.scale_loss(2.0))
        16.0

    References:
        Micikevicius et al., Mixed precision training, 2018.
    """

    def check_finite(self, grads):
        finite = super().check_finite(grads)
        replica = tf.distribute.get_replica_context()
        if replica is None or replica.num_replicas_in_sync == 1:
            return finite
        overflows = tf.cast(tf.logical_not(finite), tf.float32)
        return replica.all_reduce(tf.distribute.ReduceOp.SUM, overflows) == 0

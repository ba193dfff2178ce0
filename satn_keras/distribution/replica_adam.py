"""Adam that clips the gradient of the whole batch, however many replicas share it."""

from __future__ import annotations

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="satn_keras")
class ReplicaAdam(keras.optimizers.Adam):
    r"""Adam whose `global_clipnorm` bounds the sum of the replicas' gradients.

    Keras clips the gradient of each replica before it adds them up, so that several
    replicas take another step than one device with the same batch. Here each
    replica's part g_r is scaled by what the sum asks for,

    $$g_r \min\left(1, \frac{c}{\lVert \sum_s g_s \rVert}\right)$$

    Example:
        >>> ReplicaAdam(0.001, global_clipnorm=5.0).global_clipnorm
        5.0
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

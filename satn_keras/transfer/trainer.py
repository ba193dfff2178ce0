"""Training of a student that copies a frozen teacher's attention."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.config import TransferConfig
from satn_keras.transfer.comparison import compare, seen
from satn_keras.transfer.views import OUTPUT


class AttentionTransfer(keras.Model):
    r"""Student in training, with the teacher it copies.

    $$L_T = L_{SER} + W_{AT} \cdot L_{AT}$$

    L_SER is the loss given to `compile`, L_AT the distance of the maps
    (`TransferLoss`). Each step runs the teacher once, in inference mode and
    outside the gradient tape, and the student once: the map that is compared is
    the map that made the prediction. Of the teacher only the layers run that the
    pairs need, and none of it is tracked: it has no part in `trainable_variables`
    or `weights` and is never saved. Its own `trainable` flags stay as they are.

    `fit`, `evaluate` and `predict` are Keras's, with three metrics besides those
    given to `compile`: "loss" (L_T), "emotion_loss" (L_SER, with the student's
    regularisers) and "transfer_loss" (L_AT before its weight; not computed, and
    so not reported, at weight 0). Sample and class weights count in L_SER alone:
    the transfer term uses no label.

    On several replicas a step equals the step of one device, that of a ragged
    last batch included, if the compiled loss averages over the batch (Keras's
    default).

    `save` writes the student alone, so that a ModelCheckpoint given to `fit` keeps
    what is served. `save_weights` writes student, optimizer and the state of the
    dropout, so that a run resumed from them draws on; the order of the
    batches is the dataset's own affair.

    Args:
        student: functional model from a dict of inputs to a posterior. An input
            named "mask", (batch, frames), marks the frames to compare.
        teacher: functional model; the layers in `pairs` may depend on the
            student's inputs only. None is allowed where `weight` is 0.
        weight: W_AT. At 0 training equals that of the student alone, to the bit,
            and the teacher is never run.
        map: "activation" compares sums of |A|^power over channels, "attention"
            the softmax maps.
        power: p of the activation map.
        normalization: "l1" or "l2", of each map before the difference.
        distance: "l1" or "l2", of the two maps.
        pairs: (student, teacher) names as `layer_view` takes them; those of
            `default_pairs` when absent.
        name: of the trainer.

    Raises:
        ValueError: if `weight` is negative or needs a teacher, if a pair names a
            layer that is not there, is of the other kind of map, depends on
            an input the student lacks, or if the two models share variables.

    Example:
        >>> def encoder(name):
        ...     features = keras.Input((None, 5), name="features")
        ...     level = keras.layers.Dense(3, name="level_1")(features)
        ...     pooled = keras.layers.GlobalAveragePooling1D()(level)
        ...     posterior = keras.layers.Dense(2, activation="softmax")(pooled)
        ...     return keras.Model({"features": features}, posterior, name=name)
        >>> trainer = AttentionTransfer(encoder("student"), encoder("teacher"))
        >>> trainer.compile(
        ...     "adam", keras.losses.SparseCategoricalCrossentropy()
        ... )
        >>> x, y = {"features": keras.random.normal((7, 11, 5))}, keras.ops.zeros(7)
        >>> sorted(trainer.fit(x, y, verbose=0).history)
        ['emotion_loss', 'loss', 'transfer_loss']

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021, section 3.5.
    """

    def __init__(
        self,
        student,
        teacher=None,
        weight=1.0,
        map="activation",
        power=2.0,
        normalization="l1",
        distance="l1",
        pairs=None,
        name="attention_transfer",
    ):
        # The student's policy decides whether `compile` scales the loss.
        super().__init__(name=name, dtype=student.dtype_policy, autocast=False)
        if not weight >= 0:
            raise ValueError(f"`weight` must not be negative. Received: {weight=}.")
        self.student = student
        self.weight = float(weight)
        self.emotion_loss = keras.metrics.Mean(name="emotion_loss")
        self._comparison = None
        if self.weight > 0:
            self._comparison = compare(
                student,
                teacher,
                map,
                pairs,
                power=power,
                normalization=normalization,
                distance=distance,
            )
            self.transfer_loss = keras.metrics.Mean(name="transfer_loss")
            self.supports_jit = all(
                layer.supports_jit for layer in self._comparison.teacher.layers
            )
        self.built = True  # as the student is

    @classmethod
    def from_config_values(
        cls,
        student: keras.Model,
        teacher: keras.Model | None,
        config: TransferConfig,
        name: str = "attention_transfer",
    ) -> AttentionTransfer:
        """Trainer as a recipe's `transfer` section describes it."""
        values = {
            field: getattr(config, field) for field in TransferConfig.model_fields
        }
        return cls(student, teacher, name=name, **values)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(student, teacher) names that are compared; empty at weight 0."""
        return self._comparison.pairs if self._comparison else ()

    def call(self, inputs, training=None):
        return self.student(inputs, training=training)

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        teacher_maps = self._teacher_maps(x)
        with tf.GradientTape() as tape:
            posterior, loss = self._forward(x, y, sample_weight, teacher_maps, True)
            loss = self.optimizer.scale_loss(_by_rows(loss, posterior))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return self.compute_metrics(x, y, posterior, sample_weight=sample_weight)

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        teacher_maps = self._teacher_maps(x)
        posterior, _ = self._forward(x, y, sample_weight, teacher_maps, False)
        return self.compute_metrics(x, y, posterior, sample_weight=sample_weight)

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """Student as a `.keras` file, without the teacher."""
        return self.student.save(filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_own_variables(self, store):
        # Keras saves no random state; a resumed run would repeat its dropout.
        for number, variable in enumerate(self._random_states()):
            store[str(number)] = keras.ops.convert_to_numpy(variable)

    def load_own_variables(self, store):
        for number, variable in enumerate(self._random_states()):
            variable.assign(store[str(number)])

    def _random_states(self):
        weights = {id(variable) for variable in self.student.weights}
        return [v for v in self.student.variables if id(v) not in weights]

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Keras builds from the replicas' mean batch, which no bool mask and no
        # ragged batch has; one replica's share tells shapes and dtypes as well.
        if self._distribute_strategy is None:
            return
        if iterator is not None:
            _, _, batches = next(iter(iterator))
            data_batch = next(batches)
        share = keras.tree.map_structure(
            lambda v: self._distribute_strategy.experimental_local_results(v)[0],
            data_batch,
        )
        with self._distribute_strategy.scope():
            self._symbolic_build(data_batch=share)

    def _teacher_maps(self, x):
        """Teacher's maps of one batch, None at weight 0."""
        if self._comparison is None:
            return None
        views = self._comparison
        outputs = seen(views.teacher, x, training=False)
        return {"maps": [outputs[name] for _, name in views.pairs]}

    def _forward(self, x, y, sample_weight, teacher_maps, training):
        """Posterior and L_T, each term tracked on the way."""
        views = self._comparison
        if views is None:
            posterior = self.student(x, training=training)
        else:
            outputs = seen(views.student, x, training=training)
            posterior = outputs[OUTPUT]
        loss = self.compute_loss(x, y, posterior, sample_weight, training=training)
        self._track("emotion_loss", loss, posterior)
        if views is not None:
            student_maps = {"maps": [outputs[name] for name, _ in views.pairs]}
            if "mask" in x:
                student_maps["mask"] = x["mask"]
            transfer_loss = views.loss(teacher_maps, student_maps)
            self._track("transfer_loss", transfer_loss, posterior)
            loss = loss + self.weight * transfer_loss
        self._track("loss", loss, posterior)
        return posterior, loss

    def _track(self, name, loss, posterior):
        # Losses come divided by the number of replicas; metrics are summed.
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        metric = next(metric for metric in self.metrics if metric.name == name)
        metric.update_state(loss * replicas, sample_weight=tf.shape(posterior)[0])


def _by_rows(loss, posterior):
    """Replica's loss, weighted by its rows instead of one over the replicas."""
    # A ragged last batch gives replicas unequal shares; without this each row of
    # the smaller share would count for more than on one device.
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return loss
    context = tf.distribute.get_replica_context()
    rows = tf.cast(tf.shape(posterior)[0], loss.dtype)
    all_rows = context.all_reduce(tf.distribute.ReduceOp.SUM, rows)
    return loss * context.num_replicas_in_sync * rows / all_rows

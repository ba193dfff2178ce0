"""Training of a student that copies a frozen teacher's attention."""

from __future__ import annotations

import keras
import tensorflow as tf

from satn_keras.config import TransferConfig
from satn_keras.distribution import ReplicaTraining, filled, own_rows
from satn_keras.transfer.adversary import judged_layer
from satn_keras.transfer.annealing import add_share
from satn_keras.transfer.comparison import check_control, compare
from satn_keras.transfer.controls import SPEAKER, own_inputs
from satn_keras.transfer.entropy import entropy_metrics
from satn_keras.transfer.random_states import RandomStates
from satn_keras.transfer.stored_maps import StoresMaps
from satn_keras.transfer.student_side import StudentSide
from satn_keras.transfer.training_metrics import TrainingMetrics


class AttentionTransfer(
    StoresMaps, TrainingMetrics, RandomStates, ReplicaTraining, keras.Model
):
    r"""Student in training, with the teacher it copies.

    $$L_T = L_{SER} + W_{AT} \cdot L_{AT}$$

    L_SER is the loss given to `compile`, L_AT the distance of the maps
    (`TransferLoss`). Each step runs the teacher once, in inference mode and
    outside the gradient tape, unless the batch brings its maps along (`StoresMaps`),
    and the student once: the map that is compared is
    the map that made the prediction. Of the teacher only the layers run that the
    pairs need, and none of it is tracked: it has no part in `trainable_variables`
    or `weights` and is never saved. Its own `trainable` flags stay as they are.

    `fit`, `evaluate` and `predict` are Keras's, with metrics besides those given to
    `compile`: "loss" (L_T), "emotion_loss" (L_SER, with the student's regularisers)
    and, unless the weight is 0, "transfer_loss" (L_AT before its weight),
    "student_entropy" and "teacher_entropy" (`map_entropy` of what is compared, the
    mean over the pairs). Sample and class weights count in L_SER alone: the transfer
    term uses no label.

    On several replicas, and on several machines, a step equals the step of one
    device, that of a ragged last batch included, if the compiled loss averages over
    the batch (Keras's default).

    `save` writes the student alone, so that a ModelCheckpoint given to `fit` keeps
    what is served. `save_weights` writes student, optimizer and the state of the
    dropout, so that a run resumed from them draws on; the order of the
    batches is the dataset's own affair.

    Args:
        student: functional model from a dict of inputs to a posterior. An input
            named "mask", (batch, frames), marks the frames to compare.
        teacher: functional model; the layers in `pairs` may depend on the
            student's inputs only. None is allowed where `weight` is 0 or `control`
            "uniform".
        weight: W_AT. At 0 training equals that of the student alone, to the bit,
            and the teacher is never run.
        map: "activation" compares sums of |A|^power over channels, "attention"
            the softmax maps.
        power: p of the activation map.
        normalization: "l1" or "l2", of each map before the difference.
        distance: "l1" or "l2", of the two maps.
        pairs: (student, teacher) names as `layer_view` takes them; those of
            `default_pairs` when absent; of the student with itself if there is no
            teacher.
        control: what stands in for the teacher's maps, to tell what they are worth:
            "none", or as `TeacherMaps` has it "untrained" (an `untrained_copy` of
            the teacher), "uniform", "shuffled" or "other_utterance". Without a
            `weight` there is nothing to control.
        seed: of the untrained copy and the permutations. Neither draws from the
            global random state.
        annealing: whether W_AT is multiplied by the variable `transfer_share`, as the
            callback `Annealing` sets it; else that is None.
        adversary: model of `speaker_adversary`, or None. Each training batch then
            has the input "speaker", (batch, speakers), and the cross-entropy of the
            speaker joins L_T, with the metric "speaker_loss". It is trained beside
            the student, never validated, and not saved by `save`.
        name: of the trainer.

    Raises:
        ValueError: if `weight` is negative or needs a teacher, `control` is not one
            of them, if a pair names a layer that is not there, is of the other kind
            of map, depends on an input the student lacks, or if the two models share
            variables.

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
        ['emotion_loss', 'loss', 'student_entropy', 'teacher_entropy', 'transfer_loss']

    References:
        Zhao et al., Self-attention transfer networks for speech emotion
        recognition, 2021, section 3.5.
    """

    training_metrics = ("speaker_loss",)

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
        control="none",
        seed=0,
        annealing=False,
        adversary=None,
        name="attention_transfer",
    ):
        # The student's policy decides whether `compile` scales the loss.
        super().__init__(name=name, dtype=student.dtype_policy, autocast=False)
        if not weight >= 0:
            raise ValueError(f"`weight` must not be negative. Received: {weight=}.")
        check_control(control)
        self.student = student
        self.weight = float(weight)
        self.emotion_loss = keras.metrics.Mean(name="emotion_loss")
        self._comparison = self._side = None
        self.adversary = adversary
        pooled = None if adversary is None else judged_layer(student)
        if adversary is not None:
            self._side = StudentSide.of(student, pooled=pooled)
            self._speaker_crossentropy = keras.losses.CategoricalCrossentropy()
            self.speaker_loss = keras.metrics.Mean(name="speaker_loss")
        if self.weight > 0:
            self._comparison = compare(
                student,
                teacher,
                map,
                pairs,
                control,
                seed,
                pooled,
                power=power,
                normalization=normalization,
                distance=distance,
            )
            self._side = self._comparison.student
            self.transfer_loss = keras.metrics.Mean(name="transfer_loss")
            self.entropies = entropy_metrics()
            self.supports_jit = self._comparison.supports_jit
        self.transfer_share = add_share(self) if annealing else None
        self.built = True  # as the student is

    @classmethod
    def from_config_values(
        cls,
        student: keras.Model,
        teacher: keras.Model | None,
        config: TransferConfig,
        **kwargs,
    ) -> AttentionTransfer:
        """Trainer as a recipe's `transfer` section describes it; `kwargs` as `cls`."""
        others = {"initialization", "annealing_direction", "annealed_epochs"}
        others.add("teacher_maps")
        fields = TransferConfig.model_fields.keys() - others
        values = {field: getattr(config, field) for field in fields}
        values["annealing"] = config.annealing != "none"
        return cls(student, teacher, **values, **kwargs)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(student, teacher) names that are compared; empty at weight 0."""
        return self._comparison.pairs if self._comparison else ()

    @property
    def called_models(self) -> list[keras.Model]:
        """Models that a step calls, to be compiled where the whole step cannot be."""
        if self._comparison is not None:
            return self._comparison.models
        return [self.student if self._side is None else self._side.view]

    def call(self, inputs, training=None):
        return self.student(own_inputs(inputs), training=training)

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        heard = self._hear(x, training=True)
        with tf.GradientTape() as tape:
            posterior, loss, share = self._forward(
                x, y, sample_weight, heard, training=True
            )
            loss = self.optimizer.scale_loss(share.weigh(loss))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return self.compute_metrics(x, y, posterior, sample_weight=sample_weight)

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        heard = self._hear(x, training=False)
        posterior, *_ = self._forward(x, y, sample_weight, heard, training=False)
        return self.compute_metrics(x, y, posterior, sample_weight=sample_weight)

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """Student as a `.keras` file, without the teacher."""
        return self.student.save(filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    @property
    def untracked_states(self) -> list:
        """Variables that decide a step and are no part of `variables`."""
        return self._comparison.teacher.random_states if self._comparison else []

    def _hear(self, x, training):
        """Teacher's side of the transfer loss for one batch."""
        if self._comparison is None:
            return None
        return own_rows(self._comparison.teacher.hear(filled(x), training), x)

    def _forward(self, x, y, sample_weight, heard, training):
        """Posterior and L_T, each term shown on the way."""
        if self._side is None:
            side = {"posterior": self.student(own_inputs(filled(x)), training=training)}
        else:
            side = self._side.hear(filled(x), training)
        side, share = own_rows(side, x), self.share_of_batch(x)
        posterior = side["posterior"]
        loss = self.compute_loss(x, y, posterior, sample_weight, training=training)
        share.show(self.emotion_loss, loss)
        if self._comparison is not None:
            transfer_loss = self._comparison.distance(heard, side)
            share.show(self.transfer_loss, transfer_loss)
            entropies = self._comparison.entropies(heard, side)
            for metric, values in zip(self.entropies, entropies, strict=True):
                metric.update_state(values)
            share_now = 1.0 if self.transfer_share is None else self.transfer_share
            loss = loss + self.weight * share_now * transfer_loss
        if self.adversary is not None and training:
            guess = self.adversary(side["pooled"], training=True)
            speaker_loss = self._speaker_crossentropy(x[SPEAKER], guess)
            share.show(self.speaker_loss, speaker_loss)
            loss = loss + speaker_loss
        share.show(self._loss_tracker, loss)
        return posterior, loss, share

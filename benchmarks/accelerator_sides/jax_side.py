"""The step in Keras on JAX, by Keras's stateless calls; imports no TensorFlow."""

import jax
import keras

from accelerator_sides import keras_models
from accelerator_sides.task import (
    CLASSES,
    WEIGHT,
    make_batch,
    measure,
    process_memory,
    read_task,
    write_outputs,
)

PRODUCTS = {"float32": "highest", "tf32": "tensorfloat32", "bfloat16": "highest"}


def make_step(task, student, teacher, batch, training):
    """Loss with its gradients, and the optimizer's step after them."""
    features, mask, labels = (jax.numpy.asarray(part) for part in batch)
    inputs = {"features": features, "mask": mask}
    losses = keras_models.make_losses(task, mask)
    heard = [v.value for v in teacher.trainable_variables], _rest(teacher)

    def loss(trained, rest, heard):
        theirs = {}
        if task.step == "transfer":
            theirs, _ = teacher.stateless_call(*heard, inputs, training=False)
        ours, rest = student.stateless_call(trained, rest, inputs, training=training)
        emotion, copied = losses(labels, ours, theirs)
        return emotion + WEIGHT * copied, (rest, ours["output"], emotion, copied)

    slope = jax.value_and_grad(loss, has_aux=True)
    optimizer = keras.optimizers.Adam(1e-4)
    optimizer.build(student.trainable_variables)

    def step(trained, rest, moments, heard):
        (_, (rest, *_)), gradients = slope(trained, rest, heard)
        trained, moments = optimizer.stateless_apply(moments, gradients, trained)
        return trained, rest, moments

    state = [v.value for v in student.trainable_variables], _rest(student)
    return slope, step, (*state, [v.value for v in optimizer.variables]), heard


def _rest(model):
    return [v.value for v in model.non_trainable_variables]


def compare(task, student, teacher, batch):
    """Outputs and gradients without dropout, for the other sides to match."""
    slope, _, (trained, rest, _), heard = make_step(
        task, student, teacher, batch, training=False
    )
    (_, (_, posterior, emotion, copied)), gradients = slope(trained, rest, heard)
    names = [v.path for v in student.trainable_variables]
    losses = {"emotion_loss": emotion, "transfer_loss": copied}
    write_outputs(task, posterior, losses, dict(zip(names, gradients, strict=True)))


def run(task, student, teacher, batch):
    """Time and memory of the step."""
    _, step, state, heard = make_step(task, student, teacher, batch, training=True)
    if task.compiled:
        step = jax.jit(step, donate_argnums=(0, 1, 2))

    def take():
        nonlocal state
        state = step(*state, heard)
        return state

    device = jax.devices()[0]

    def peak_memory():
        statistics = device.memory_stats()
        if not statistics:
            return process_memory()
        return statistics["peak_bytes_in_use"], "device"

    measure(task, take, jax.block_until_ready, peak_memory, device.device_kind)


if __name__ == "__main__":
    task = read_task()
    jax.config.update("jax_default_matmul_precision", PRODUCTS[task.precision])
    whole, teacher = keras_models.build(task, CLASSES)
    student, teacher = keras_models.views(task, whole, teacher)
    keras_models.share_weights(task, whole, teacher)
    if task.goal == "compare":
        compare(task, student, teacher, make_batch(task))
    else:
        run(task, student, teacher, make_batch(task))

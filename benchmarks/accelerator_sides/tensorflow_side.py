"""The step in TensorFlow, as the package trains: `AttentionTransfer`."""

import keras
import tensorflow as tf

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
from satn_keras.transfer import AttentionTransfer


def compare(task, whole, student, teacher, batch):
    """Outputs and gradients without dropout, for the other sides to match."""
    features, mask, labels = (tf.constant(part) for part in batch)
    inputs = {"features": features, "mask": mask}
    theirs = teacher(inputs, training=False) if task.step == "transfer" else {}
    with tf.GradientTape() as tape:
        ours = student(inputs, training=False)
        losses = keras_models.make_losses(task, mask)(labels, ours, theirs)
        loss = losses[0] + WEIGHT * losses[1]
    gradients = tape.gradient(loss, whole.trainable_variables)
    names = [v.path for v in whole.trainable_variables]
    losses = dict(zip(("emotion_loss", "transfer_loss"), losses, strict=True))
    write_outputs(
        task, ours["output"], losses, dict(zip(names, gradients, strict=True))
    )


def run(task, student, teacher, batch):
    """Time and memory of the step."""
    weight = WEIGHT if task.step == "transfer" else 0.0
    trainer = AttentionTransfer(student, teacher, weight=weight)
    optimizer = keras.optimizers.Adam(1e-4)
    optimizer.build(student.trainable_variables)
    trainer.compile(optimizer, keras.losses.SparseCategoricalCrossentropy())
    features, mask, labels = (tf.constant(part) for part in batch)
    data = {"features": features, "mask": mask}, labels
    trainer.test_step(data)  # makes the metrics
    step = tf.function(trainer.train_step, jit_compile=task.compiled)
    gpus = tf.config.list_physical_devices("GPU")

    def peak_memory():
        if not gpus:
            return process_memory()
        return tf.config.experimental.get_memory_info("GPU:0")["peak"], "device"

    details = tf.config.experimental.get_device_details(gpus[0]) if gpus else {}
    device = details.get("device_name", "cpu")
    measure(
        task, lambda: step(data), lambda logs: logs["loss"].numpy(), peak_memory, device
    )


if __name__ == "__main__":
    task = read_task()
    tf.config.experimental.enable_tensor_float_32_execution(task.precision == "tf32")
    whole, teacher = keras_models.build(task, CLASSES)
    student_view, teacher_view = keras_models.views(task, whole, teacher)
    keras_models.share_weights(task, whole, teacher_view)
    if task.goal == "compare":
        compare(task, whole, student_view, teacher_view, make_batch(task))
    else:
        run(task, whole, teacher, make_batch(task))

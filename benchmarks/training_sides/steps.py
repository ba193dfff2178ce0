"""One training step on one batch of noise."""

from benchmarks.training_sides.recipe import (
    CLASSES,
    STEPS,
    TOKENS,
    paper_config,
    set_threads,
    step_gflop,
)


def by_us(kind, threads, batch=32, frames=235, jit=False, precision="float32"):
    """Step of the package.

    Args:
        kind: "plain", the student alone; "transfer", with the teacher's forward pass;
            "stored", with its maps in the batch; "teacher", the teacher's own.
        threads: of TensorFlow.
        batch: utterances.
        frames: of the longest; the mean of nEMO's is 238.
        jit: by XLA.
        precision: as in a recipe.
    """
    set_threads(threads)
    import tensorflow as tf

    config = paper_config(f"student_training.precision={precision}")
    x, y = _noise(batch, frames)
    make = _teacher if kind == "teacher" else _student
    model, data = make(config, kind, x, y)
    model.test_step(data)  # makes the metrics
    step = tf.function(model.train_step, jit_compile=jit)
    gflop = step_gflop(config, kind, batch * frames, frames)

    def work():
        float(step(data)["loss"])
        return {"gflop": gflop}

    return work


def by_torch(kind, threads, batch=32, frames=235):
    """Step of the equal PyTorch model."""
    import torch

    from benchmarks.training_sides.torch_twin import Twin

    torch.set_num_threads(threads)
    twin = Twin(with_teacher=kind == "transfer")
    torch.manual_seed(1)
    features = torch.randn(batch, frames, 40, 3)
    lengths = torch.linspace(frames - 10, frames, batch).int()
    mask = torch.arange(frames)[None] < lengths[:, None]
    labels = torch.arange(batch) % CLASSES

    def work():
        twin.step(features, mask, labels)

    return work


def _noise(batch, frames):
    import numpy as np
    import tensorflow as tf

    rng = np.random.default_rng(3)
    lengths = np.linspace(frames - 10, frames, batch).astype(int)
    mask = np.arange(frames) < lengths[:, None]
    features = rng.standard_normal((batch, frames, 40, 3), "float32")
    features *= mask[..., None, None]
    x = {"features": tf.constant(features), "mask": tf.constant(mask)}
    return x, tf.constant(np.arange(batch) % CLASSES, tf.int32)


def _student(config, kind, x, y):
    from satn_keras.config import FeatureConfig
    from satn_keras.experiments.student_trainer import make_network, make_trainer
    from satn_keras.features import FrontEnd
    from satn_keras.models import build_teacher

    student = make_network(config, CLASSES, FrontEnd(FeatureConfig()))
    teacher = build_teacher(TOKENS, config.teacher, seed=2)
    if kind == "plain":
        values = {**config.model_dump(), "transfer": {"weight": 0.0}}
        config = type(config).model_validate(values)
    trainer = make_trainer(student, teacher, config)
    trainer.optimizer.build(student.trainable_variables)
    if kind == "stored":
        x = {**x, "teacher_map": trainer.maps_to_store(x)}
    return trainer, (x, y)


def _teacher(config, kind, x, y):
    import tensorflow as tf

    from satn_keras.experiments.learner import make_learner
    from satn_keras.models import build_teacher

    learner = make_learner(build_teacher(TOKENS, config.teacher, seed=2), config)
    learner.optimizer.build(learner.trainable_variables)
    tokens = tf.random.stateless_uniform((len(y), STEPS), (1, 2), 1, TOKENS, tf.int32)
    return learner, ({**x, "tokens": tokens}, {"tokens": tokens})

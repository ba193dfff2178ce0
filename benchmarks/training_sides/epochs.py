"""An epoch of the transfer training over a manifest, by the package's pipeline."""

import contextlib

from benchmarks.training_sides.recipe import (
    TOKENS,
    paper_config,
    scratch_run,
    set_threads,
)
from benchmarks.training_sides.speech import read_part

_OPEN = contextlib.ExitStack()  # run folders, until the process ends


def by_us(manifest, utterances, threads, overrides=(), network="student"):
    """Keras's `fit` over the batches of a recipe, features cached.

    Args:
        manifest: of labelled speech.
        utterances: of it, drawn at random; all when None.
        threads: of TensorFlow.
        overrides: of the paper's recipe, such as "transfer.weight=0".
        network: "student", or "keras-tcn" in its place, which has no levels to
            compare and trains by `transfer.weight` 0.
    """
    set_threads(threads)
    trainer, batches, share = _make(manifest, utterances, overrides, network)

    def work():
        batches.epoch += 1
        trainer.fit(batches.dataset, verbose=0, shuffle=False)
        return {"padded_share": share}

    return work


def steps_by_us(manifest, utterances, threads, source, overrides=()):
    """The steps of an epoch in a plain loop, to tell what the pipeline costs.

    Args:
        manifest: as for `by_us`.
        utterances: as for `by_us`.
        threads: as for `by_us`.
        source: "pipeline" reads the batches of an epoch as a training does; "memory"
            has the same batches ready.
        overrides: as for `by_us`.
    """
    set_threads(threads)
    import tensorflow as tf

    trainer, batches, _ = _make(manifest, utterances, overrides)
    held = list(batches.dataset)
    trainer.test_step(held[0])  # makes the metrics
    step = tf.function(trainer.train_step, reduce_retracing=True)

    def work():
        for batch in batches.dataset if source == "pipeline" else held:
            logs = step(batch)
        float(logs["loss"])

    return work


def _make(manifest, utterances, overrides, network="student"):
    from satn_keras.experiments.emotion_batches import emotion_batches
    from satn_keras.experiments.features import fit_statistics, make_front_end
    from satn_keras.experiments.student_trainer import make_network, make_trainer
    from satn_keras.experiments.teacher_maps import batches_with_maps
    from satn_keras.models import build_teacher

    part, classes = read_part(manifest, utterances)
    config = paper_config(*overrides)
    run = _OPEN.enter_context(scratch_run(config))
    front_end = make_front_end(config.features)
    batcher = emotion_batches(part, classes, front_end, config, run, training=True)
    fit_statistics(front_end, batcher.store)
    make = make_network if network == "student" else _keras_tcn
    student = make(config, len(classes), front_end)
    teacher = build_teacher(TOKENS, config.teacher, seed=2)
    trainer = make_trainer(student, teacher, config)
    trainer.optimizer.build(student.trainable_variables)
    batches, _ = batches_with_maps(batcher, None, trainer, config, run)
    share = batcher.order(config.student_training, config.seed).padded_share(0)
    return trainer, batches, share


def _keras_tcn(config, num_classes, front_end):
    """The student whose levels are those of keras-tcn, which normalises no weights."""
    import keras
    from tcn import TCN

    from satn_keras.layers import SelfAttention
    from satn_keras.models.pooling import MaskedPooling
    from satn_keras.models.temporal_encoder import feature_inputs

    settings = config.student
    inputs = feature_inputs(front_end.num_bands, front_end.num_channels)
    width = front_end.num_bands * front_end.num_channels
    x = keras.layers.Reshape((-1, width))(inputs["features"])
    x = TCN(
        settings.filters,
        settings.kernel_size,
        dilations=settings.dilation_rates,
        use_skip_connections=False,
        dropout_rate=settings.dropout,
        return_sequences=True,
    )(x)
    x, _ = SelfAttention(settings.attention_units)(x, mask=inputs["mask"])
    x = MaskedPooling("mean")(x, mask=inputs["mask"])
    posterior = keras.layers.Dense(num_classes, activation="softmax")(x)
    return keras.Model(inputs, posterior)

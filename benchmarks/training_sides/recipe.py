"""The paper's recipe and what its steps compute."""

import contextlib
import os
import tempfile

RECIPE = "satn_keras/experiments/recipes/satn-paper.yaml"
CLASSES, TOKENS, STEPS = 6, 40, 30


def paper_config(*overrides):
    """Recipe of the paper; trained on classes of the manifest."""
    from satn_keras.config import ExperimentConfig

    return ExperimentConfig.from_yaml(RECIPE, overrides)


def set_threads(threads):
    """Bind TensorFlow's operations to so many threads, before it does anything."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)


@contextlib.contextmanager
def scratch_run(config):
    """Run folder that goes after the block."""
    from satn_keras.experiments.run_directory import RunDirectory

    with tempfile.TemporaryDirectory() as folder:
        yield RunDirectory.create(os.path.join(folder, "run"), config)


def encoder_gflop(config, frames, longest, levels=None, bands=120):
    """Arithmetic of an encoder's forward pass, and of what no gradient flows to.

    Multiplications and additions of matrix products and convolutions alone, each
    counted; padded frames count as any other.

    Args:
        config: `StudentConfig` or `TeacherConfig`.
        frames: of all utterances of a batch.
        longest: frames of each padded utterance, which attention pairs.
        levels: that are run; all when None.
        bands: values of a frame.

    Returns:
        GFLOP of the forward pass, and those of its first products, whose inputs
        need no gradient.
    """
    width, taps = config.filters, config.kernel_size
    first = 2 * bands * width * (taps + 1)  # a convolution and the skip
    levels = config.num_levels if levels is None else levels
    between = 2 * taps * width * width * (2 * levels - 1)
    projections = 3 * 2 * width * config.attention_units
    pairs = 2 * 2 * longest * config.attention_units
    forward = (first + between + projections + pairs) * frames / 1e9
    return forward, first * frames / 1e9


def step_gflop(config, kind, frames, longest):
    """Arithmetic of a training step, which passes forward once and back twice."""
    forward, first = encoder_gflop(config.student, frames, longest)
    student = 3 * forward - first
    teacher, first = encoder_gflop(config.teacher, frames, longest)
    return {
        "plain": student,
        "stored": student,
        "transfer": student + teacher,
        "teacher": 3 * teacher - first,  # of the encoder; the decoder is not counted
    }[kind]

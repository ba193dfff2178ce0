"""One measurement of cost, in a process of its own so that its peak memory is its own.

    python benchmarks/scaling_measurement.py '{"what": "train", "seconds": 10, ...}'

with every key of scaling.py's DEFAULTS prints one line of JSON: the settings, the
medians of a step's seconds and of its CPU seconds (over all cores; other work on the
machine hardly changes them), how many repeats there were, and the GiB of memory at the
peak beyond those before it.
"""

import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import soundfile  # noqa: E402
import tensorflow as tf  # noqa: E402
from peak_memory import peak_bytes  # noqa: E402

from satn_keras.config import (  # noqa: E402
    FeatureConfig,
    StudentConfig,
    StudentTrainingConfig,
)
from satn_keras.corpora import Manifest, Utterance  # noqa: E402
from satn_keras.distribution import (  # noqa: E402
    distribute,
    make_strategy,
    use_strategy,
)
from satn_keras.features import FrontEnd  # noqa: E402
from satn_keras.layers import chunked_copy  # noqa: E402
from satn_keras.models import build_student  # noqa: E402
from satn_keras.pipelines import Batcher, build_store, emotion_targets  # noqa: E402
from satn_keras.transfer import AttentionTransfer  # noqa: E402

CLASSES, BANDS, RATE, HOP = 4, 40, 16000, 160
SHORT = 0.5  # seconds of audio in the round before the measurement
MOST_REPEATS, PATIENCE = 5, 15.0  # seconds; after them no further repeat begins


def measure(settings):
    """Settings with "step_seconds", "cpu_seconds", "repeats" and "peak_gib"."""
    keras.utils.set_random_seed(1)
    run = {"train": training, "predict": prediction, "read": reading}[settings["what"]]
    before = peak_gib()
    durations = []
    for number, duration in enumerate(run(settings)):
        if number == 0:
            before = peak_gib()  # short audio: libraries, weights, traced graphs
        elif number > 1:  # the first round with the real audio traces anew
            durations.append(duration)
            wall, cpu = zip(*durations, strict=True)
            if len(durations) == MOST_REPEATS or sum(wall) > PATIENCE:
                break
    return {
        **settings,
        "step_seconds": statistics.median(wall),
        "cpu_seconds": statistics.median(cpu),
        "repeats": len(durations),
        "peak_gib": peak_gib() - before,
    }


def training(settings):
    """Seconds and CPU seconds of each training step; the first is of short audio."""
    strategy = _strategy(settings)
    with strategy.scope():
        trainer = AttentionTransfer(_student(settings), weight=0)
        trainer.compile(
            keras.optimizers.Adam(1e-4),
            keras.losses.SparseCategoricalCrossentropy(),
            jit_compile=False,  # as `satn train` without `jit`
        )
    steps = _steps(settings)
    for seconds in _audio(settings):
        batch = _features(settings["batch"], seconds)
        labels = np.zeros(settings["batch"], "int32")
        dataset = tf.data.Dataset.from_tensors((batch, labels)).repeat(1 + steps)
        ends = BatchEnds()
        with use_strategy(strategy):
            trainer.fit(distribute(dataset), shuffle=False, verbose=0, callbacks=[ends])
        yield [
            (last - first) / steps for first, *_, last in zip(*ends.times, strict=True)
        ]


def prediction(settings):
    """The same of each batch from waveform to posterior; the first is short."""
    student = _student(settings)
    front_end = FrontEnd(FeatureConfig(normalization="utterance"))

    @tf.function(reduce_retracing=True)
    def predict(waveform):
        features, mask = front_end(waveform)
        return student({"features": features, "mask": mask}, training=False)

    predict(tf.zeros((1, RATE)))  # nothing is known of the length from here on
    steps = _steps(settings)
    for seconds in _audio(settings):
        shape = (settings["batch"], round(seconds * RATE))
        noise = np.random.default_rng(1).normal(0, 0.1, shape)
        waveform = tf.constant(noise, tf.float32)
        yield _duration(lambda x=waveform: [predict(x) for _ in range(steps)], steps)


def reading(settings):
    """The same of each epoch of the pipeline alone; the first is of few rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "one.wav"
        noise = np.random.default_rng(1).normal(
            0, 0.1, round(settings["seconds"] * RATE)
        )
        soundfile.write(path, noise, RATE)
        front_end = FrontEnd(FeatureConfig(normalization="utterance"))
        config = StudentTrainingConfig(batch_size=settings["batch"])
        few = _batches(path, 2 * settings["batch"], front_end, config, settings)
        yield _duration(lambda: _exhaust(few))
        many = _batches(path, settings["utterances"], front_end, config, settings)
        while True:
            yield _duration(lambda: _exhaust(many))


def _batches(path, count, front_end, config, settings):
    rows = [
        Utterance(key=f"u{n}", path=str(path), speaker=f"s{n % 10}", label="neutral")
        for n in range(count)
    ]
    manifest = Manifest(rows)
    store = build_store(
        manifest, front_end, cache=settings["cache"], folder=path.parent / "cache"
    )
    labels = np.zeros(len(manifest), "int32")
    batcher = Batcher(store, front_end, emotion_targets(labels))
    return batcher.training(config, seed=1)


def _exhaust(batches):
    for _ in getattr(batches, "dataset", batches):
        pass


def _audio(settings):
    """Seconds of audio of one round after another."""
    yield min(SHORT, settings["seconds"])
    while True:
        yield settings["seconds"]


def _steps(settings):
    """Steps of one round: several of little audio, which take no time to measure."""
    return max(1, round(10 / (settings["seconds"] * settings["batch"])))


def _student(settings):
    width = settings["filters"]
    config = StudentConfig(
        filters=width, attention_units=width, attention_reach=settings["reach"]
    )
    student = build_student(CLASSES, config, bands=BANDS, seed=1)
    return chunked_copy(student, settings["chunk"]) if settings["chunk"] else student


def _features(batch, seconds):
    frames = round(seconds * RATE / HOP)
    draw = np.random.default_rng(1).standard_normal
    features = draw((batch, frames, BANDS, 3), "float32")
    return {"features": features, "mask": np.ones((batch, frames), bool)}


def _strategy(settings):
    if settings["replicas"] > 1:
        device = tf.config.list_physical_devices("CPU")[0]
        parts = [tf.config.LogicalDeviceConfiguration()] * settings["replicas"]
        tf.config.set_logical_device_configuration(device, parts)
    return make_strategy(settings["strategy"])


class BatchEnds(keras.callbacks.Callback):
    """When each batch ended: seconds and CPU seconds.

    From the first to the last of them nothing counts that `fit` does once.
    """

    def on_train_begin(self, logs=None):
        self.times = []

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(_now())


def _duration(function, steps=1):
    """Seconds and CPU seconds of one of so many steps."""
    starts = _now()
    function()
    return [(now - start) / steps for now, start in zip(_now(), starts, strict=True)]


def _now():
    return time.perf_counter(), time.process_time()


def peak_gib():
    """Most memory that this process has held."""
    return peak_bytes() / 2**30


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))

"""Preparing features by Beam beside the tf.data path: speed, and memory by files.

    python benchmarks/beam.py speed [MANIFEST]
    python benchmarks/beam.py memory

`speed` takes the manifest's files, or noise where none is named. Each figure is the
median of five rounds in one process, the ways taking turns, after one round to warm
up; ratios are to the first way of each table. `memory` gives each way a process of
its own for 1,000, 5,000 and 20,000 files, which are links to eight short ones, and
prints the largest resident size it had.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import soundfile
import tensorflow as tf
from peak_memory import peak_bytes

from satn_keras.beam import (
    FeaturePreparation,
    FilePrediction,
    predict_files,
    prepare_features,
)
from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.corpora import Manifest, Utterance, validate
from satn_keras.export import export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from satn_keras.pipelines import build_store, prepared_features

ROUNDS = 5
FILES = (1000, 5000, 20_000)
WAYS = ("import", "tf.data", "beam", "stream", "predict")
SETTINGS = FeatureConfig(normalization="utterance")


def make_noise(folder, seconds):
    random = np.random.default_rng(1)
    utterances = []
    for number, length in enumerate(seconds):
        path = folder / f"{number}.wav"
        samples = 0.1 * random.standard_normal(round(16000 * length))
        soundfile.write(path, samples, 16000, subtype="PCM_16")
        utterances.append(Utterance(str(number), str(path), f"s{number % 8}"))
    return Manifest(utterances)


def link(folder, manifest, count):
    """`count` files that are links to the manifest's."""
    utterances = []
    for number in range(count):
        path = folder / f"link-{number:05}.wav"
        if not path.exists():
            os.link(manifest[number % len(manifest)].path, path)
        utterances.append(Utterance(path.stem, str(path), f"s{number % 8}"))
    return Manifest(utterances)


def by_tf_data(manifest, folder):
    return build_store(manifest, FrontEnd(SETTINGS), cache="disk", folder=folder)


def audited(manifest, folder):
    validate(manifest)
    return by_tf_data(manifest, folder)


def by_beam(manifest, folder, num_shards=None, options=()):
    preparation = FeaturePreparation(manifest, SETTINGS, folder, num_shards=num_shards)
    return prepare_features(preparation, "DirectRunner", options)


def in_large_shards(manifest, folder):
    return by_beam(manifest, folder, -(-len(manifest) // 1000))


def in_threads(manifest, folder):
    workers = "--direct_num_workers=2", "--direct_running_mode=multi_threading"
    return by_beam(manifest, folder, -(-len(manifest) // 1000), workers)


def from_shards(manifest, folder):
    with prepared_features(folder):
        return build_store(manifest, FrontEnd(SETTINGS))


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(ways):
    """Median seconds of each way."""
    rounds = [[seconds_of(work) for work in ways.values()] for _ in range(ROUNDS + 1)]
    medians = map(statistics.median, zip(*rounds[1:], strict=True))
    return dict(zip(ways, medians, strict=True))


def show(title, seconds, count):
    print(f"\n| {title} | utterances a second | ratio |\n| --- | ---: | ---: |")
    first = next(iter(seconds.values()))
    for name, each in seconds.items():
        print(f"| {name} | {count / each:.0f} | {first / each:.2f} |")


def speed(manifest=None):
    folder = pathlib.Path(tempfile.mkdtemp())
    if manifest is None:
        lengths = np.random.default_rng(1).uniform(1, 5, 300)
        manifest = make_noise(folder, lengths)
    else:
        manifest = Manifest.read(manifest)
    print(f"{len(manifest)} utterances")
    try:
        show("preparing", take_turns(_preparing(manifest, folder)), len(manifest))
        show("an epoch read", take_turns(_reading(manifest, folder)), len(manifest))
    finally:
        shutil.rmtree(folder)


def _preparing(manifest, folder):
    def anew(way):
        def work():
            shutil.rmtree(folder / "out", ignore_errors=True)
            way(manifest, folder / "out")

        return work

    return {
        "tf.data, to one file": anew(by_tf_data),
        "the same after an audit": anew(audited),
        "Beam, a thousand utterances a shard": anew(in_large_shards),
        "Beam, the same in two threads": anew(in_threads),
        "Beam, sixteen shards": anew(by_beam),
    }


def _reading(manifest, folder):
    memory = build_store(manifest, FrontEnd(SETTINGS))
    disk = by_tf_data(manifest, folder / "cache")
    by_beam(manifest, folder / "features")
    shards = from_shards(manifest, folder / "features")
    rows = tf.data.Dataset.range(len(manifest)).shuffle(len(manifest), 1)

    def read(dataset):
        return lambda: [None for _ in dataset.prefetch(8)]

    return {
        "from memory, at random": read(rows.map(memory.fetch, tf.data.AUTOTUNE)),
        "from one file, at random": read(rows.map(disk.fetch, tf.data.AUTOTUNE)),
        "from shards, at random": read(rows.map(shards.fetch, tf.data.AUTOTUNE)),
        "from shards, one after another": read(shards.stream(1, 0)),
    }


def memory():
    folder = pathlib.Path(tempfile.mkdtemp())
    print("| way | " + " | ".join(f"{count:,} files" for count in FILES) + " |")
    print("| --- |" + " ---: |" * len(FILES))
    try:
        _export(folder / "model")
        manifest = make_noise(folder, np.linspace(0.3, 0.7, 8))
        link(folder, manifest, max(FILES))
        for way in WAYS:
            sizes = [_peak(way, count, folder) for count in FILES]
            print(f"| {way} | " + " | ".join(f"{size} MB" for size in sizes) + " |")
            sys.stdout.flush()
    finally:
        shutil.rmtree(folder)


def _peak(way, count, folder):
    words = [sys.executable, __file__, "one", way, str(count), str(folder)]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[-1])


def one(way, count, folder):
    """One way in this process; prints its largest resident size in MB."""
    folder, count = pathlib.Path(folder), int(count)
    names = sorted(folder.glob("link-*.wav"))[:count]
    manifest = Manifest(Utterance(path.stem, str(path), "s") for path in names)
    out = folder / f"{way}-{count}"
    if way == "tf.data":
        by_tf_data(manifest, out)
    elif way == "beam":
        by_beam(manifest, folder / f"features-{count}")
    elif way == "stream":
        store = from_shards(manifest, folder / f"features-{count}")
        rows = store.stream(1, 0, shuffled_bytes=2**24)
        assert sum(1 for _ in rows) == count  # noqa: S101
    elif way == "predict":
        predict_files(FilePrediction(list(map(str, names)), folder / "model", out))
    print(peak_bytes() // 2**20)
    if way != "beam":  # its shards are streamed afterwards
        shutil.rmtree(out, ignore_errors=True)


def _export(folder):
    keras.utils.set_random_seed(1)
    config = StudentConfig(num_levels=2, filters=16, attention_units=16)
    export_student(build_student(4, config), FrontEnd(SETTINGS), list("abcd"), folder)


if __name__ == "__main__":
    {"speed": speed, "memory": memory, "one": one}[sys.argv[1]](*sys.argv[2:])

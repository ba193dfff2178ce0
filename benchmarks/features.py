"""Speed of feature extraction, in seconds of audio per second.

    python benchmarks/features.py [FOLDER]

Takes the sound files under FOLDER, or noise where none is named. Decoding does
not count. Each figure is the median of five rounds in one process, after one
round to warm up.
"""

import pathlib
import statistics
import sys
import time

import numpy as np
import python_speech_features
import tensorflow as tf

from satn_keras.config import FeatureConfig
from satn_keras.features import FrontEnd
from satn_keras.pipelines.audio import read_audio

ROUNDS = 5
MOST = 300  # utterances
BATCH = 32
ENDINGS = (".flac", ".mp3", ".ogg", ".wav")


def make_noise(sample_rate):
    random = np.random.default_rng(1)
    lengths = random.integers(sample_rate, 6 * sample_rate, MOST)
    return [0.1 * random.standard_normal(n).astype("float32") for n in lengths]


def read_folder(folder, sample_rate):
    files = [f for f in sorted(folder.rglob("*")) if f.suffix.lower() in ENDINGS]
    step = -(-len(files) // MOST)
    return [read_audio(file, sample_rate) for file in files[:: max(step, 1)]]


def one_at_a_time(front_end, waveforms):
    def extract(waveform):
        features, _ = front_end.extract(waveform[tf.newaxis])
        return features[0]

    return _dataset(waveforms).map(extract, tf.data.AUTOTUNE)


def in_batches(front_end, waveforms):
    def extract(waveform, length):
        return front_end.extract(waveform, length)

    dataset = _dataset(sorted(waveforms, key=len)).map(lambda w: (w, tf.size(w)))
    return dataset.padded_batch(BATCH).map(extract, tf.data.AUTOTUNE)


def by_python_speech_features(waveforms):
    for waveform in waveforms:
        mels = python_speech_features.logfbank(waveform * 32768.0, nfilt=40)
        first = python_speech_features.delta(mels, 2)
        yield np.stack([mels, first, python_speech_features.delta(first, 2)], -1)


def seconds_per_round(make):
    durations = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        for _ in make():
            pass
        durations.append(time.perf_counter() - start)
    return statistics.median(durations[1:])


def main(folder=None):
    front_end = FrontEnd(FeatureConfig())
    rate = front_end.sample_rate
    waveforms = read_folder(pathlib.Path(folder), rate) if folder else make_noise(rate)
    audio = sum(map(len, waveforms)) / rate
    single = one_at_a_time(front_end, waveforms)
    batches = in_batches(front_end, waveforms)
    speeds = {
        "one utterance a call": audio / seconds_per_round(lambda: single),
        f"batches of {BATCH}": audio / seconds_per_round(lambda: batches),
        "python_speech_features": audio
        / seconds_per_round(lambda: by_python_speech_features(waveforms)),
    }
    print(f"{len(waveforms)} utterances, {audio:.0f} s of audio")
    for name, speed in speeds.items():
        ratio = speed / speeds["python_speech_features"]
        print(f"{name:24} {speed:7.0f} x real time {ratio:6.1f} x")


def _dataset(waveforms):
    lengths = [len(waveform) for waveform in waveforms]
    rows = tf.RaggedTensor.from_row_lengths(np.concatenate(waveforms), lengths)
    return tf.data.Dataset.from_tensor_slices(rows).map(
        lambda row: tf.ensure_shape(row, (None,))
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])

"""Speed of the changes that augment training, in seconds of audio per second.

    python benchmarks/changes.py [FOLDER]

Takes the sound files under FOLDER, or noise where none is named. Decoding does not
count. Seconds are those of a processor, in one thread, so that other work on the
machine weighs little. Each figure is the median of rounds in which all take turns,
after one round to warm up; ratios are a change's time over that of the features.
"""

import pathlib
import statistics
import sys
import time

import numpy as np
import tensorflow as tf
from features import make_noise, read_folder

from satn_keras.config import FeatureConfig
from satn_keras.experiments.features import make_front_end
from satn_keras.pipelines.changes import (
    Noise,
    Pitch,
    Reverberation,
    Speed,
    VocalTract,
)

ROUNDS = 5
MOST = 40  # utterances
RATE = 16000
STREAMS = {"log_mel": ["log_mel"], "prosody": ["prosody"]}
CHANGES = {
    "speeds": Speed(0.9),
    "pitches": Pitch(2.0),
    "vocal_tracts": VocalTract(1.1),
    "noises.white": Noise("white", 10.0, seed=1),
    "noises.pink": Noise("pink", 10.0, seed=1),
    "noises.speech": Noise("speech", 10.0, seed=1),
    "noises.babble": Noise("babble", 10.0, seed=1),
    "reverberations": Reverberation(0.5, seed=1),
}


def extraction(streams):
    """Features of one utterance a call, in a graph, as the pipeline computes them."""
    front_end = make_front_end(FeatureConfig(streams=streams, derivatives=0))
    signature = [tf.TensorSpec([None], tf.float32)]
    return tf.function(lambda w: front_end.extract(w[tf.newaxis])[0], signature)


def changing(change):
    return lambda waveform: change(waveform, RATE, "u1")


def main(folder=None):
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    waveforms = read_folder(pathlib.Path(folder), RATE) if folder else make_noise(RATE)
    waveforms = waveforms[:: max(1, len(waveforms) // MOST)][:MOST]
    audio = sum(map(len, waveforms)) / RATE
    features = {name: extraction(streams) for name, streams in STREAMS.items()}
    changes = {name: changing(change) for name, change in CHANGES.items()}
    seconds = take_turns({**features, **changes}, waveforms)
    print(f"{len(waveforms)} utterances, {audio:.0f} s of audio, one thread\n")
    print("| | s of audio per s | time over `log_mel`'s | over `prosody`'s |")
    print("| :-- | --: | --: | --: |")
    for name, each in seconds.items():
        ratios = [each / seconds[stream] for stream in STREAMS]
        print(f"| `{name}` | {audio / each:.0f} | {ratios[0]:.2f} | {ratios[1]:.2f} |")


def take_turns(ways, waveforms):
    """Median seconds of each way over all waveforms."""
    rounds = [
        [seconds_of(way, waveforms) for way in ways.values()] for _ in range(ROUNDS + 1)
    ]
    medians = map(statistics.median, zip(*rounds[1:], strict=True))
    return dict(zip(ways, medians, strict=True))


def seconds_of(way, waveforms):
    start = time.process_time()
    for waveform in waveforms:
        np.asarray(way(waveform))
    return time.process_time() - start


if __name__ == "__main__":
    main(*sys.argv[1:2])

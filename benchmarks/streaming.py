"""What a hop of live audio costs, early and late in a long stream.

    python benchmarks/streaming.py --json streaming.json

Untrained students of the recipe satn-streaming's sizes hear made-up speech, a hop at a
time: frame by frame with an attention's reach of 1.5 s, without one (the last 60 s are
kept), with a reach also as a LiteRT file, and window by window as a student that is not
causal. Told are the median time of a hop of a stream that has just begun and of one
that is --seconds old, which hear the same hops in turn, so that other work on the
machine meets both; their ratio; how much faster than the audio the old one grew old, in
seconds and in CPU seconds; and the largest difference to the posterior of the first
--parity seconds heard at once, or of their last window.
"""

import argparse
import copy
import json
import pathlib
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf

from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.export import Recognizer, StreamingRecognizer, export_student
from satn_keras.export.streaming.frame_stream import FrameStream
from satn_keras.export.streaming.litert import write_stream
from satn_keras.export.streaming.streaming_recognizer import WINDOW_SECONDS
from satn_keras.features import FrontEnd
from satn_keras.models import build_student

CLASSES = ("anger", "fear", "happiness", "neutral", "sadness", "surprised")
RATE = 16000  # Hz
LOG_MEL = {"derivatives": 2}
PROSODY = {
    "streams": ["prosody"],
    "derivatives": 0,
    "limit": 5.0,
    "unvoiced": "mean",
}
SIZES = {
    "num_levels": 5,
    "filters": 64,
    "attention_units": 64,
    "convolutions": 1,
    "level_activation": "linear",
    "weight_normalization": False,
    "batch_normalization": True,
    "pooling": "mean_deviation",
}
REACH = {"causal_attention": True, "attention_reach": 150}
ROWS = {  # features, what the student has beside the sizes, runtime
    "log-mel, reach 1.5 s": (LOG_MEL, REACH, "tensorflow"),
    "log-mel, reach 1.5 s, LiteRT": (LOG_MEL, REACH, "litert"),
    "log-mel, last 60 s": (LOG_MEL, {"causal_attention": True}, "tensorflow"),
    "prosody, reach 1.5 s": (PROSODY, REACH, "tensorflow"),
    "prosody, reach 1.5 s, LiteRT": (PROSODY, REACH, "litert"),
    "prosody, windows of 4 s": (PROSODY, {}, "tensorflow"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0, help="of the stream")
    parser.add_argument("--hop", type=float, default=0.1, help="seconds")
    parser.add_argument("--parity", type=float, default=60.0, help="seconds")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--json", type=pathlib.Path, help="file to write")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    figures = []
    for name in arguments.rows:
        figure = measure(name, arguments.seconds, arguments.hop, arguments.parity)
        figures.append(figure)
        print(json.dumps(figure), flush=True)
    print(table(figures))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def measure(name, seconds, hop, parity):
    """Figures of one row, as a dict that JSON can hold."""
    features, options, runtime = ROWS[name]
    audio = made_up_speech(seconds)
    model, front_end = student(features, options, audio[: 10 * RATE])
    with tempfile.TemporaryDirectory() as folder:
        export_student(model, front_end, CLASSES, folder)
        stream = StreamingRecognizer(folder, hop_seconds=hop)
        beginning = audio[: round(parity * RATE)]
        last = beginning if stream.exact else beginning[-round(WINDOW_SECONDS * RATE) :]
        (whole,) = Recognizer(folder).predict([last])
        if runtime == "litert":
            stream = litert_stream(pathlib.Path(folder), model, front_end)
        difference = parity_of(stream, beginning, whole)
        young = begun_anew(stream)
        old, wall, cpu = aged(stream, audio)
        early, late = times_of(young, old, beginning, hop)
    return {
        "name": name,
        "seconds": seconds,
        "hop_seconds": hop,
        "early_ms": 1000 * float(early),
        "late_ms": 1000 * float(late),
        "ratio": float(late / early),
        "times_real_time": seconds / wall,
        "times_real_time_cpu": seconds / cpu,
        "parity_seconds": parity,
        "difference": difference,
    }


def student(features, options, audio):
    """Untrained student whose features are normalised by the audio; and front end."""
    keras.utils.set_random_seed(1)
    front_end = FrontEnd(FeatureConfig(**features))
    values = keras.ops.convert_to_numpy(front_end.extract(audio[None])[0])[0]
    front_end.set_statistics(values.mean(axis=0), values.std(axis=0))
    config = StudentConfig(**SIZES, **options)
    bands, channels = front_end.num_bands, front_end.num_channels
    return build_student(len(CLASSES), config, bands, channels), front_end


def litert_stream(folder, model, front_end):
    """Stream of the student's LiteRT file, on one thread."""
    from ai_edge_litert.interpreter import Interpreter

    path = write_stream(folder / "stream.tflite", model, front_end)
    interpreter = Interpreter(str(path), num_threads=1)
    start, step = map(interpreter.get_signature_runner, ("stream_start", "stream"))
    block = step.get_input_details()["waveform"]["shape"][1]
    return FrameStream(start, step, block, CLASSES, RATE)


def parity_of(stream, audio, whole):
    """Largest difference of a posterior of the stream's end to the whole's."""
    for piece in np.array_split(audio, max(len(audio) // 997, 1)):
        stream.push(piece)
    found = stream.finish().probabilities
    stream.reset()
    return max(abs(found[name] - whole.probabilities[name]) for name in CLASSES)


def begun_anew(stream):
    """Another stream of the same model."""
    other = copy.copy(stream)
    if isinstance(other, StreamingRecognizer):
        other._stream = copy.copy(stream._stream)
    other.reset()
    return other


def aged(stream, audio):
    """The stream after the audio, and the seconds and CPU seconds that this took."""
    wall, cpu = time.perf_counter(), time.process_time()
    for piece in np.array_split(audio, max(len(audio) // RATE, 1)):
        stream.push(piece)
    return stream, time.perf_counter() - wall, time.process_time() - cpu


def times_of(young, old, audio, hop):
    """Median seconds of a hop of a stream begun anew, and of one that goes on."""
    times = {"young": [], "old": []}
    for piece in np.array_split(audio, round(len(audio) / RATE / hop)):
        for name, stream in (("young", young), ("old", old)):
            begun = time.perf_counter()
            stream.push(piece)
            times[name].append(time.perf_counter() - begun)
    return tuple(float(np.median(each)) for each in times.values())


def made_up_speech(seconds, seed=1):
    """Syllables of a gliding pitch among pauses and noise: float32 in [-1, 1]."""
    rng = np.random.default_rng(seed)
    time_axis = np.arange(round(seconds * RATE)) / RATE
    pitch = 140 + 40 * np.sin(2 * np.pi * 0.31 * time_axis)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(order * phase) / order for order in range(1, 20))
    loud = np.maximum(np.sin(2 * np.pi * 3.7 * time_axis), 0.0)
    noise = 0.02 * rng.standard_normal(len(time_axis))
    return (0.2 * voice * loud + noise).clip(-1, 1).astype("float32")


def table(figures):
    """Markdown table of the figures."""
    rows = [
        "| stream | hop, just begun (ms) | hop, old (ms) | ratio | times real "
        "time | of CPU time | difference |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in figures:
        cells = [
            one["name"],
            f"{one['early_ms']:.2f}",
            f"{one['late_ms']:.2f}",
            f"{one['ratio']:.2f}",
            f"{one['times_real_time']:.1f}",
            f"{one['times_real_time_cpu']:.1f}",
            f"{one['difference']:.1e}",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()

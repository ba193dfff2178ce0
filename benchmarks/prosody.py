"""Agreement of the prosody stream with openSMILE's eGeMAPS, and its speed.

    python benchmarks/prosody.py MANIFEST [MANIFEST ...] [--json FILE]
        [--utterances 300]

Hears as many utterances of each manifest, spread over all its speakers, by both,
and prints tables in Markdown; `--json` writes the figures as well. Frames count
where both have one, eight at the end of an utterance and two at its start apart,
where openSMILE's smoothing and its last windows differ.

A frame's pitch here comes from a window that is centred on the frame's 20 ms, in
openSMILE from one that begins with them, so our frame t is held against its frame
t - 2 there, and for jitter and shimmer, which it measures where its frame begins,
against t + 1.

Speed: the same utterances by both in turns, in a process of its own bound to one
core (and to two: two threads that call TensorFlow against two that call
openSMILE). The figures are ratios of the medians of five rounds, on the clock and
in processor time, which other programs on the machine disturb less.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from satn_keras.config import PROSODY_NAMES
from satn_keras.corpora import Manifest
from satn_keras.features import DESCRIPTOR_NAMES

RATE = 16000
ROUNDS = 5
TIMED = 40  # utterances of each manifest
EDGES = slice(2, -8)
EGEMAPS = DESCRIPTOR_NAMES["egemaps"]
SHORT = PROSODY_NAMES[:10]  # bands of 20 ms windows
LATER = {"jitter": -1, "shimmer": -1}  # others of the voice: 2 frames before


def choose(path, number):
    """Utterances spread over the speakers: (speaker, file) of each."""
    speakers = {}
    for utterance in Manifest.read(path):
        speakers.setdefault(utterance.speaker, []).append(utterance.path)
    each = max(number // len(speakers), 1)
    for speaker, files in sorted(speakers.items()):
        for file in sorted(files)[:: max(len(files) // each, 1)][:each]:
            yield speaker, file


def read(file):
    """A waveform as 16 bits hold it, which is what openSMILE hears."""
    from satn_keras.pipelines.audio import read_audio

    return (np.round(read_audio(file, RATE) * 32767) / 32768).astype("float32")


def make_ours():
    import tensorflow as tf

    from satn_keras.features import Prosody

    layer = Prosody()
    hear = tf.function(layer, input_signature=[tf.TensorSpec((1, None))])
    return lambda waveform: hear(waveform[np.newaxis]).numpy()[0]


def make_theirs():
    from satn_keras.pipelines.opensmile_library import load_opensmile

    opensmile = load_opensmile()
    smile = opensmile.Smile(
        opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors
    )
    return lambda waveform: smile(waveform, RATE)[0].T


def aligned(ours, theirs):
    """Columns of both, name -> (frames,), of the frames that both have."""
    count = min(len(ours), len(theirs))
    frames = np.arange(count)[4:-4]
    left, right = {}, {}
    for name in EGEMAPS:
        shift = 0 if name in SHORT else LATER.get(name, 2)
        left[name] = ours[frames, PROSODY_NAMES.index(name)][EDGES]
        right[name] = theirs[frames - shift, EGEMAPS.index(name)][EDGES]
    return left, right


def correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1]) if a.std() * b.std() > 0 else float("nan")


def compare(pairs):
    """Figures of a list of (speaker, ours, theirs)."""
    speakers = sorted({speaker for speaker, _, _ in pairs})
    of = {
        speaker: [(a, b) for who, a, b in pairs if who == speaker]
        for speaker in speakers
    }

    def columns(some, name):
        return tuple(
            np.concatenate([pair[side][name] for pair in some]) for side in (0, 1)
        )

    every = [(a, b) for _, a, b in pairs]
    pitch, reference = columns(every, "f0_semitones")
    both = (pitch > 0) & (reference > 0)
    bands = {}
    for name in EGEMAPS:
        a, b = columns(every, name)
        within = [correlation(*columns(of[who], name)) for who in speakers]
        bands[name] = {
            "all": correlation(a, b),
            "voiced": correlation(a[both], b[both]),
            "within_speaker": float(np.nanmean(within)),
        }
    distance = np.abs(pitch - reference)[both]
    return {
        "utterances": len(pairs),
        "speakers": len(speakers),
        "frames": len(pitch),
        "voiced_by_both": float(both.mean()),
        "voicing_agreement": float(((pitch > 0) == (reference > 0)).mean()),
        "pitch_within_half_a_semitone": float((distance < 0.5).mean()),
        "pitch_within_a_tenth": float((distance < 0.1).mean()),
        "octave_errors": float((distance > 9).mean()),
        "bands": bands,
    }


def agreement(manifests, number):
    ours, theirs = make_ours(), make_theirs()
    figures, everything = {}, []
    for path in manifests:
        pairs = []
        for speaker, file in choose(path, number):
            waveform = read(file)
            one, two = ours(waveform), theirs(waveform)
            if min(len(one), len(two)) > 30:
                pairs.append((f"{path.stem} {speaker}", *aligned(one, two)))
        figures[path.stem] = compare(pairs)
        everything += pairs
    if len(manifests) > 1:
        figures["together"] = compare(everything)
    return figures


def speed(manifests, threads):
    """Ratios of the medians of both."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    files = [file for path in manifests for _, file in choose(path, TIMED)]
    waveforms = [read(file) for file in files]
    ways = make_ours(), make_theirs()
    durations = [], []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS + 1):  # the first warms up
            for way, spent in zip(ways, durations, strict=True):
                start = time.perf_counter(), time.process_time()
                list(pool.map(way, waveforms))
                end = time.perf_counter(), time.process_time()
                spent.append([b - a for a, b in zip(start, end, strict=True)])
    ours, theirs = (np.median(spent[1:], axis=0) for spent in durations)
    wall, cpu = (theirs / ours).tolist()
    figures = {"threads": threads, "utterances": len(files)}
    return {**figures, "ratio": wall, "cpu_ratio": cpu}


def tables(figures):
    """Markdown of what `main` measured."""
    sets = figures["agreement"]
    heads = list(sets)
    rows = {
        "utterances": "{utterances}",
        "speakers": "{speakers}",
        "frames": "{frames}",
        "frames that both call voiced": "{voiced_by_both:.3f}",
        "voicing: frames on which both agree": "{voicing_agreement:.4f}",
        "pitch within half a semitone": "{pitch_within_half_a_semitone:.4f}",
        "pitch within a tenth of a semitone": "{pitch_within_a_tenth:.4f}",
        "pitch off by 9 semitones or more": "{octave_errors:.4f}",
    }
    yield "| | " + " | ".join(heads) + " |"
    yield "|---" * (len(heads) + 1) + "|"
    for label, form in rows.items():
        yield f"| {label} | " + " | ".join(form.format(**sets[h]) for h in heads) + " |"
    yield ""
    last = sets[heads[-1]]["bands"]
    yield (
        "| band | all frames | voiced by both | within speaker | "
        + " | ".join(f"{h}, all frames" for h in heads[:-1])
        + " |"
    )
    yield "|---" * (len(heads) + 3) + "|"
    for name, values in last.items():
        own = [f"{values[kind]:.3f}" for kind in ("all", "voiced", "within_speaker")]
        own += [f"{sets[h]['bands'][name]['all']:.3f}" for h in heads[:-1]]
        yield f"| {name} | " + " | ".join(own) + " |"
    yield ""
    for one in figures["speed"]:
        yield (
            f"{one['threads']} core(s), {one['utterances']} utterances: "
            f"{one['ratio']:.1f} times as fast as openSMILE on the clock, "
            f"{one['cpu_ratio']:.1f} times by processor time"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifests", nargs="+", type=pathlib.Path)
    parser.add_argument("--utterances", type=int, default=300)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.threads:
        print(json.dumps(speed(options.manifests, options.threads)))
        return
    figures = {"agreement": agreement(options.manifests, options.utterances)}
    figures["speed"] = []
    for threads in (1, 2):
        command = [sys.executable, __file__, *map(str, options.manifests)]
        run = subprocess.run(
            [*command, "--threads", str(threads)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures["speed"].append(json.loads(run.stdout.splitlines()[-1]))
    print("\n".join(tables(figures)))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()

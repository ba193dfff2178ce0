"""Whether every exported format says what the model in memory says.

    python benchmarks/parity.py --run satn-nemo --manifest nemo.csv --folder exported

Utterances of a manifest are cut or joined to lengths from 0.05 s to 60 s, evenly
spaced in their logarithm, and heard by each format alone and in padded batches, which
are smaller where they would hold more than eight minutes. The model in memory, alone,
is what they are compared with. Prints a Markdown table; ends with code 1 where a
float32 format is off by 1e-4 or names another class.
"""

from __future__ import annotations

import argparse
import functools
import pathlib
import sys

import numpy as np
import tensorflow as tf

from satn_keras import Manifest
from satn_keras.errors import ArtifactError
from satn_keras.experiments.pretrained import from_preset
from satn_keras.export import export_litert, export_onnx, export_student
from satn_keras.export.versions import LITERT_FILES, ONNX_FILE, find_version
from satn_keras.layers import chunked_copy
from satn_keras.sound_file import read_audio

SHORTEST, LONGEST = 0.05, 60.0  # seconds
MOST_SECONDS = 480.0  # of audio in a batch, padding included: some 4 GB in LiteRT
BOUND = 1e-4  # of what a float32 format may be off
EXACT = ("SavedModel", "LiteRT float32", "ONNX")


def main():
    """Table of all formats, by the command line's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", default="satn-nemo", help="preset or run folder")
    parser.add_argument("--manifest", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--utterances", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 32], help="batches")
    parser.add_argument("--longest", type=float, default=LONGEST, help="seconds")
    options = parser.parse_args()
    student = from_preset(options.run)
    formats = export_all(student, options.folder / "parity")
    sounds = cut(Manifest.read(options.manifest), options.utterances, options.longest)
    expected = in_memory(student, sounds)
    seconds = [len(sound) / 16000 for sound in sounds]
    print(f"{len(sounds)} utterances of {seconds[0]:.2f} s to {seconds[-1]:.2f} s\n")
    print("| format | batch | max difference | utterances off by 1e-4 | labels equal |")
    print("| :-- | --: | --: | --: | --: |", flush=True)
    fault = False
    for size in options.sizes:
        for name, load in formats.items():
            differences, equal = compare(load(), sounds, expected, size)
            off = (differences >= BOUND).sum()
            row = f"| {name} | {size} | {differences.max():.1e} | {off} | {equal:.1%} |"
            print(row, flush=True)
            fault |= name in EXACT and (off > 0 or equal < 1)
    sys.exit(int(fault))


def export_all(student, folder):
    """Name of each format to what loads it as a function of (batch, lengths)."""
    parts = (student.model, student.front_end, student.classes, folder, student.config)
    for kind, export in (
        ("saved_model", export_student),
        ("litert", export_litert),
        ("onnx", export_onnx),
    ):
        try:
            find_version(folder, kind)
        except ArtifactError:
            export(*parts)
    served, small = find_version(folder), find_version(folder, "litert")
    proto = find_version(folder, "onnx") / ONNX_FILE
    return {
        "SavedModel": functools.partial(saved_model, served),
        **{
            f"LiteRT {precision}": functools.partial(litert, small / name)
            for precision, name in LITERT_FILES.items()
        },
        "ONNX": functools.partial(onnx, proto),
    }


def saved_model(path):
    served = tf.saved_model.load(str(path)).signatures["serve_lengths"]

    def hear(batch, lengths):
        answer = served(waveform=tf.constant(batch), lengths=tf.constant(lengths))
        return answer["probabilities"].numpy()

    hear.model = served  # the signature does not keep its variables alive
    return hear


def litert(path):
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(str(path), num_threads=2).get_signature_runner()
    return lambda batch, lengths: run(waveform=batch, lengths=lengths)["probabilities"]


def onnx(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    return lambda batch, lengths: session.run(
        None, {"waveform": batch, "lengths": lengths}
    )[0]


def cut(manifest, count, longest):
    """Waveforms of the lengths wanted, shortest first, from the manifest's audio."""
    utterances = iter(list(manifest) * 1000)
    sounds = []
    for seconds in np.geomspace(SHORTEST, longest, count):
        sound = np.zeros(0, "float32")
        while len(sound) < round(seconds * 16000):
            sound = np.concatenate([sound, read_audio(next(utterances).path)])
        sounds.append(sound[: round(seconds * 16000)])
    return sounds


def in_memory(student, sounds):
    """Posteriors of the trained model, one utterance at a time, without any export."""
    model = chunked_copy(student.model)
    posteriors = []
    for sound in sounds:
        features, mask = student.front_end(sound[np.newaxis])
        heard = {"features": features, "mask": mask}
        posteriors.append(np.asarray(model(heard, training=False))[0])
    return np.stack(posteriors)


def compare(hear, sounds, expected, size):
    """Largest difference of each utterance, and share of equal labels."""
    found, left = [], list(sounds)
    while left:
        part = left[:size]
        while len(part) > 1 and len(part) * len(part[-1]) > MOST_SECONDS * 16000:
            part.pop()  # sorted, so that the longest go
        left = left[len(part) :]
        lengths = np.asarray([len(sound) for sound in part], "int32")
        batch = np.zeros((len(part), lengths.max()), "float32")
        for row, sound in zip(batch, part, strict=True):
            row[: len(sound)] = sound
        found.append(hear(batch, lengths))
    found = np.concatenate(found)
    equal = found.argmax(axis=1) == expected.argmax(axis=1)
    return np.abs(found - expected).max(axis=1), equal.mean()


if __name__ == "__main__":
    main()

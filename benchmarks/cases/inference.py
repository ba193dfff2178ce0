"""Waveform in memory to posterior, from one second to ten minutes.

The *student* is that of the paper's recipe, untrained, which costs what a trained one
does: 40 log-mels with two derivatives, three levels of 256 filters, self-attention
over the whole utterance. *Within 1.5 s* is the same with an `attention_reach` of 150
frames. The *trained model* is a preset. The PyTorch twin has the student's weights and
features, and gives its posterior to 1e-4 or is not measured. wav2vec2-base has random
weights. Rivals that would need minutes or more memory than there is for a point leave
it out.
"""

import subprocess
import sys

from benchmarks.performance.children import ROOT
from benchmarks.performance.side import Aim, Side

TITLE = "Inference: waveform to posterior"
STUDENT, LITERT = "student, SavedModel", "student, LiteRT"
WAV2VEC2 = "wav2vec2-base"
TRAINED = ("trained model, SavedModel", "trained model, LiteRT")
OURS = (STUDENT, LITERT, *TRAINED)
AIMS = [Aim(WAV2VEC2, side, 20.0, "3 s") for side in OURS]
WHERE = "benchmarks.performance_sides"
LAST = "twin.npz"  # of the files that are made
ONE = (1, 3, 10, 30, 60)  # seconds of audio, an utterance at a time
LONG = (*ONE, 600)
MANY = (1, 3, 10, 30, 60)  # seconds of audio, batches of 32


def describe_input(options):
    """In words."""
    return "white noise at 16 kHz, an utterance at a time and 32 at a time"


def prepare(options):
    """Export the models, which takes TensorFlow, in a process of its own."""
    if (options.folder / LAST).exists():
        return
    words = [sys.executable, "-m", f"{WHERE}.exporting", str(options.folder)]
    if options.model:
        words.append(options.model)
    subprocess.run(words, cwd=ROOT, check=True, stdout=sys.stderr)


def sides(options):
    """Ours by format, then what could stand in their place."""

    def side(name, make, model, one, many, rival=False, versions=()):
        arguments = {
            "folder": str(options.folder),
            "model": model,
            "cores": options.cores,
            "points": points(options, one, many),
        }
        return Side(name, f"{WHERE}.{make}", arguments, rival, versions)

    saved, lite = "inference:by_saved_model", "inference:by_litert"
    tensorflow, litert = ("tensorflow",), ("ai-edge-litert",)
    torch = ("torch",)
    return [
        side(STUDENT, saved, "student", LONG, MANY, versions=tensorflow),
        side(LITERT, lite, "student", LONG, MANY, versions=litert),
        side(f"{STUDENT}, within 1.5 s", saved, "reach", LONG, MANY),
        side(TRAINED[0], saved, "trained", LONG, MANY),
        side(TRAINED[1], lite, "trained", LONG, MANY),
        side(
            "PyTorch twin",
            "torch_inference:twin",
            "student",
            ONE,
            MANY[:3],
            True,
            torch,
        ),
        side(
            WAV2VEC2,
            "torch_inference:wav2vec2",
            "",
            ONE,
            MANY[:2],
            True,
            (*torch, "transformers"),
        ),
        side("3-D ACRNN, SavedModel", saved, "acrnn", ONE, MANY[:3]),
    ]


def points(options, one, many):
    """Name -> (utterances, seconds, runs in one turn)."""
    if options.quick:
        one, many = one[:2], many[:1]
    found = {f"{n} s": (1, n, max(1, min(20, 60 // n))) for n in one}
    return found | {f"32 x {n} s": (32, n, 1) for n in many}

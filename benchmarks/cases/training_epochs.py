"""An epoch of the transfer training over a folder, and what could stand in its place.

Student and teacher are those of the paper's recipe, the teacher untrained, which costs
what a trained one does. Ours computes features and the teacher's maps before the first
epoch, those of utterances that are cropped in each step; with *whole maps* once, too.
*Plain Keras* is a usual tf.data pipeline and `fit`, which recompute both in each epoch,
by Keras's default of `jit_compile` and without XLA; *with librosa* its features are
made in Python as most users would make them. The PyTorch twin has its sounds in memory,
decoded. keras-tcn stands in the place of the student's levels, in our pipeline and
without a teacher, beside our student without one.
"""

import pathlib
import subprocess
import sys

from benchmarks.performance.children import ROOT
from benchmarks.performance.side import Aim, Side

TITLE = "Training: an epoch over a folder"
US, EACH_STEP, ALONE = "ours", "ours, teacher in each step", "ours, no teacher"
WHOLE, BFLOAT16 = "ours, whole maps", "ours, whole maps, bfloat16"
KERAS, XLA = "plain Keras, no XLA", "plain Keras, as it comes"
LIBROSA = "plain Keras with librosa"
TORCH, CACHED = "PyTorch twin", "PyTorch twin, features cached"
TCN = "keras-tcn, no teacher"
PIPELINE, MEMORY = "our steps, batches read", "our steps, batches in memory"
OURS = (US, WHOLE, BFLOAT16, EACH_STEP, ALONE, PIPELINE, MEMORY)
AIMS = [
    Aim(KERAS, US, 3.0),
    Aim(XLA, US, 3.0),
    Aim(LIBROSA, US, 3.0),
    Aim(KERAS, WHOLE, 3.0),
    Aim(KERAS, BFLOAT16, 3.0),
    Aim(TORCH, US, 3.0),
    Aim(TORCH, WHOLE, 3.0),
    Aim(TCN, ALONE, 1.0),
    Aim(MEMORY, PIPELINE, 1 / 1.05),
]
WHERE = "benchmarks.training_sides"
QUICK = 64  # utterances


def describe_input(options):
    """In words."""
    if not options.manifests:
        return "no manifest"
    name = pathlib.Path(options.manifests[0]).stem
    if not count(options):
        return f"all utterances of {name}"
    return f"{count(options)} utterances of {name}, drawn at random"


def prepare(options):
    """Decode the sounds for PyTorch, in a process of its own."""
    if not options.manifests:
        raise SystemExit("training_epochs: name labelled speech by --manifests CSV.")
    words = [sys.executable, "-m", f"{WHERE}.speech", options.manifests[0]]
    words += [str(count(options) or 0), str(options.folder / "sounds.npz")]
    subprocess.run(words, cwd=ROOT, check=True, stdout=sys.stderr)


def count(options):
    """Utterances; None for all."""
    return QUICK if options.quick else options.utterances


def sides(options):
    """Ours, then the others."""
    if not options.manifests:
        return []
    base = {
        "manifest": options.manifests[0],
        "utterances": count(options),
        "threads": options.cores,
    }
    alone, whole = ["transfer.weight=0"], "transfer.teacher_maps=whole"

    def ours(name, make="epochs:by_us", library=None, **how):
        where = f"{WHERE}.{make}"
        versions = (library,) if library else ()
        return Side(name, where, {**base, **how}, bool(library), versions)

    def torch(name, cached):
        arguments = {
            "sounds": str(options.folder / "sounds.npz"),
            "threads": options.cores,
            "cached": cached,
        }
        where = f"{WHERE}.torch_epochs:epoch"
        return Side(name, where, arguments, True, ("torch",))

    return [
        ours(US),
        ours(WHOLE, overrides=[whole]),
        ours(BFLOAT16, overrides=[whole, "student_training.precision=mixed_bfloat16"]),
        ours(EACH_STEP, overrides=["transfer.teacher_maps=each_step"]),
        ours(ALONE, overrides=alone),
        ours(PIPELINE, "epochs:steps_by_us", source="pipeline"),
        ours(MEMORY, "epochs:steps_by_us", source="memory"),
        ours(KERAS, "plain_keras:epoch", jit=False),
        ours(XLA, "plain_keras:epoch", jit="auto"),
        ours(LIBROSA, "plain_keras:epoch", "librosa", jit=False, features="librosa"),
        ours(TCN, "epochs:by_us", "keras-tcn", overrides=alone, network="keras-tcn"),
        torch(TORCH, False),
        torch(CACHED, True),
    ]

"""Waveform in memory to posterior, from one second to ten minutes.

The *student* is that of the paper's recipe, untrained, which costs what a trained one
does: 40 log-mels with two derivatives, three levels of 256 filters, self-attention
over the whole utterance. *Within 1.5 s* is the same with an `attention_reach` of 150
frames. The *trained model* is a preset. The PyTorch twin has the student's weights and
features, and gives its posterior to 1e-4 or is not measured. wav2vec2-base has random
weights. A side that would need minutes or more memory than there is for a point
leaves it out.
"""

from benchmarks.performance.models import export_models
from benchmarks.performance.side import Aim, Side

TITLE = "Inference: waveform to posterior"
STUDENT, LITERT = "student, SavedModel", "student, LiteRT"
WAV2VEC2 = "wav2vec2-base"
TRAINED = ("trained model, SavedModel", "trained model, LiteRT")
OURS = (STUDENT, LITERT, *TRAINED)
AIMS = [Aim(WAV2VEC2, side, 20.0, "3 s") for side in OURS]
WHERE = "benchmarks.performance_sides"
ONE = (1, 3, 10, 30, 60)  # seconds of audio, an utterance at a time
LONG = (*ONE, 600)
MANY = (1, 3, 10, 30, 60)  # seconds of audio, batches of 32


prepare = export_models


def describe_input(options):
    """In words."""
    return "white noise at 16 kHz, an utterance at a time and 32 at a time"


def sides(options):
    """Ours by format, then what could stand in their place."""

    def side(name, make, model, one, many, rival=False, versions=()):
        arguments = {
            "folder": str(options.folder),
            "model": model,
            "cores": options.cores,
            "points": points(options, one, many, 10 if name == WAV2VEC2 else 100),
        }
        return Side(name, f"{WHERE}.{make}", arguments, rival, versions)

    saved, lite = "inference:by_saved_model", "inference:by_litert"
    tensorflow, litert = ("tensorflow",), ("ai-edge-litert",)
    torch = ("torch",)
    return [
        side(STUDENT, saved, "student", LONG, MANY, versions=tensorflow),
        side(LITERT, lite, "student", ONE, MANY[:3], versions=litert),
        side(f"{STUDENT}, within 1.5 s", saved, "reach", LONG, MANY),
        side(TRAINED[0], saved, "trained", LONG, MANY[:4]),
        side(TRAINED[1], lite, "trained", ONE, MANY[:3]),
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


def points(options, one, many, most):
    """Name -> (utterances, seconds, runs in one turn, `most` of the shortest)."""
    if options.quick:
        one, many, most = one[:2], many[:1], 1
    found = {f"{n} s": (1, n, max(1, most // n)) for n in one}
    return found | {f"32 x {n} s": (32, n, 1) for n in many}

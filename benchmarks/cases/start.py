"""From the start of a process to its end: commands, and a first training step.

`satn predict` prints the emotion of one file of three seconds by the trained model,
exported. The first training step builds the student of the paper's recipe and trains
it on one batch of 32 utterances of 300 frames; in PyTorch the same network.
"""

from benchmarks.performance.models import export_models
from benchmarks.performance.side import Aim, Side
from benchmarks.performance.speech import noise_file

TITLE = "Start: whole processes"
OURS = ("satn --help", "satn predict, LiteRT", "satn predict, TensorFlow", "ours")
IMPORT = "import tensorflow"
AIMS = [Aim(IMPORT, "satn predict, LiteRT", 3.0, "process")]
WHERE = "benchmarks.performance_sides"
SECONDS = 3

prepare = export_models


def describe_input(options):
    """In words."""
    return f"a file of {SECONDS} s of noise; files in the system's cache"


def sides(options):
    """Commands beside the import that each would need, and two first steps."""
    satn = ("{python}", "-m", "satn_keras")
    sound = str(noise_file(options.folder / "start.wav", SECONDS, seed=4))
    predict = (*satn, "predict", sound, "--model", str(options.folder / "trained"))
    words = {
        "satn --help": (*satn, "--help"),
        "satn predict, LiteRT": (*predict, "--runtime", "litert"),
        "satn predict, TensorFlow": predict,
        IMPORT: ("{python}", "-c", "import tensorflow"),
    }
    steps = [
        Side(
            name,
            command=("{python}", "-m", f"{WHERE}.{module}"),
            rival=rival,
            point="first training step",
        )
        for name, module, rival in (
            ("ours", "first_step", False),
            ("PyTorch twin", "torch_first_step", True),
        )
    ]
    return [Side(n, command=w, point="process") for n, w in words.items()] + steps

"""Trains on and predicts one long recording, and tells how much memory that took.

    python -m tests.support.long_audio train|predict SECONDS [key=value ...]

prints the MiB at the peak beyond those after the same with one second of audio, and
what the student said of the recording. The keys are of `StudentConfig`.
"""

import json
import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import yaml  # noqa: E402

from benchmarks.peak_memory import peak_bytes  # noqa: E402
from satn_keras.config import FeatureConfig, StudentConfig, TeacherConfig  # noqa: E402
from satn_keras.export import Recognizer, export_student  # noqa: E402
from satn_keras.features import FrontEnd  # noqa: E402
from satn_keras.models import build_student, build_teacher  # noqa: E402
from satn_keras.transfer import AttentionTransfer  # noqa: E402

RATE = 16000
CLASSES = ("angry", "happy", "sad")
SIZES = {"num_levels": 2, "filters": 16, "attention_units": 16}


def peak_mib():
    """Most memory that this process has held."""
    return peak_bytes() / 2**20


def recording(seconds):
    """Noise of a rising level."""
    noise = np.random.default_rng(1).normal(0, 0.1, round(seconds * RATE))
    return (noise * np.linspace(0.1, 1, noise.size)).astype("float32")


def trainer_of(config, front_end):
    """Function from a waveform to the losses of one step with transfer."""
    student = build_student(len(CLASSES), config, seed=1)
    same = {"attention_reach": config.attention_reach, **SIZES}
    teacher = build_teacher(11, TeacherConfig(**same), seed=1)
    trainer = AttentionTransfer(student, teacher)
    trainer.compile(
        "adam", keras.losses.SparseCategoricalCrossentropy(), jit_compile=False
    )

    def step(waveform):
        features, mask = front_end(waveform[np.newaxis])
        batch = {"features": features, "mask": mask}
        return trainer.train_on_batch(batch, np.zeros(1, "int32"), return_dict=True)

    return step


def recognizer_of(config, front_end):
    """Function from a waveform to the answer of the exported student."""
    student = build_student(len(CLASSES), config, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        exported = Recognizer(export_student(student, front_end, CLASSES, folder))
    return lambda waveform: exported.predict([waveform])[0].probabilities


def main(what, seconds, *settings):
    """See the module's docstring."""
    keras.utils.set_random_seed(1)
    changes = {k: yaml.safe_load(v) for k, _, v in (s.partition("=") for s in settings)}
    config = StudentConfig(**{**SIZES, **changes})
    front_end = FrontEnd(FeatureConfig(normalization="utterance"))
    make = {"train": trainer_of, "predict": recognizer_of}[what]
    run = make(config, front_end)
    run(recording(1))
    before = peak_mib()
    said = run(recording(float(seconds)))
    said = {name: float(value) for name, value in said.items()}
    print(json.dumps({"mib": peak_mib() - before, "said": said}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Models that the inference case runs, exported: `python -m … FOLDER [MODEL]`."""

import pathlib
import sys

import keras
import numpy as np

from satn_keras import from_preset
from satn_keras.config import FeatureConfig, StudentConfig
from satn_keras.experiments.presets import DEFAULT
from satn_keras.export import LiteRTRecognizer, export_litert, export_student
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from satn_keras.models.baselines import build_acrnn

CLASSES = tuple("abcdef")
REACH = 150  # frames, 1.5 s
SECONDS = 2  # of what the twin must agree on


def main(folder, model=DEFAULT):
    """Student, the same with a reach, 3-D ACRNN, and a trained model."""
    folder = pathlib.Path(folder)
    keras.utils.set_random_seed(1)
    front_end = FrontEnd(FeatureConfig())
    student = build_student(len(CLASSES), seed=1)
    near = build_student(len(CLASSES), StudentConfig(attention_reach=REACH), seed=1)
    for name, network in (
        ("student", student),
        ("reach", near),
        ("acrnn", build_acrnn(len(CLASSES))),
    ):
        export_student(network, front_end, CLASSES, folder / name)
    export_litert(
        student, front_end, CLASSES, folder / "student", precisions=["float32"]
    )
    trained = from_preset(model)
    place = folder / "trained"
    parts = trained.model, trained.front_end, trained.classes, place, trained.config
    export_student(*parts)
    export_litert(*parts, precisions=["float32"])
    write_twin(student, front_end, folder)


def write_twin(student, front_end, folder):
    """Weights, mel filters, and a waveform with its posterior, for other libraries."""
    stream = front_end.streams[0]
    rate = front_end.sample_rate
    waveform = np.random.default_rng(2).standard_normal(SECONDS * rate) / 10
    waveform = waveform.astype("float32")
    heard = LiteRTRecognizer(folder / "student").predict([waveform])[0]
    posterior = np.array([heard.probabilities[name] for name in CLASSES])
    named = {v.path: keras.ops.convert_to_numpy(v) for v in student.variables}
    np.savez(
        folder / "twin.npz",
        **named,
        filters=stream._filters,
        waveform=waveform,
        posterior=posterior,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

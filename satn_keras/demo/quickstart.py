"""The whole road on synthetic speech: corpus to served model, with a report."""

from __future__ import annotations

import importlib.resources
import json
import os
import pathlib
import time
from collections.abc import Callable

import keras
import numpy as np

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import (
    SYNTHETIC_EMOTIONS,
    SYNTHETIC_VOICES,
    Manifest,
    random_sentences,
    synthesize_corpus,
)
from satn_keras.demo.report import report_quickstart
from satn_keras.distribution import by_chief
from satn_keras.errors import ConfigError
from satn_keras.evaluation import plot_posteriors
from satn_keras.experiments.experiment import run_student, run_teacher
from satn_keras.experiments.pictures import picture_attention
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.splits import student_fold
from satn_keras.export import Recognizer, export_student
from satn_keras.pipelines import read_audio

NUM_UTTERANCES = 720
NUM_VOICES = 12
MODEL_NAME = "quickstart"


def quickstart(
    out: str | os.PathLike,
    seed: int = 1,
    say: Callable[[str], None] = print,
    progress: Callable[[int, int], None] | None = None,
    overrides: tuple[str, ...] = (),
    num_utterances: int = NUM_UTTERANCES,
) -> dict:
    """Synthetic corpus, teacher, two students, evaluation, export and prediction.

    Args:
        out: folder of everything it makes; the same call resumes in it.
        seed: of corpus, split and training.
        say: told of each stage.
        progress: called with (utterances done, of how many).
        overrides: settings that change the recipe, as on the command line.
        num_utterances: size of the corpus; each says another sentence.

    Returns:
        The values of `metrics.json`: `teacher.per`, `student.ua`,
        `student_transfer.ua`, `export.max_abs_difference` and `seconds`.

    Raises:
        CorpusError: if espeak-ng's library is not installed.
        ConfigError: if `out` cannot be written or holds another recipe's run.
    """
    started = time.monotonic()
    out = pathlib.Path(out)
    manifest = out / "manifest.csv"
    config = _recipe(seed, manifest, overrides)
    without = config.model_copy(
        update={"transfer": config.transfer.model_copy(update={"weight": 0.0})}
    )
    say(f"Speaking {num_utterances} sentences with {NUM_VOICES} voices")
    by_chief(lambda: _speak(out, manifest, seed, num_utterances, progress))
    say("Training the teacher: speech to phonemes")
    teacher = run_teacher(config, out / "teacher", progress=progress)
    say("Training the student without transfer: speech to emotions")
    run_student(without, out / "student", progress=progress)
    say("Training the student with the teacher's attention")
    student = run_student(
        config, out / "student_transfer", out / "teacher", progress=progress
    )

    say("Exporting the student and predicting from the exported model")
    by_chief(lambda: _export(config, out, teacher, student, started))
    return RunDirectory(out).read_json("metrics.json")


def _speak(out, manifest, seed, num_utterances, progress):
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{out}: the folder must be writable ({error.strerror or error}). Choose "
            "another one."
        ) from error
    corpus = synthesize_corpus(
        out / "corpus",
        seed=seed,
        speakers=SYNTHETIC_VOICES[:NUM_VOICES],
        emotions=tuple(SYNTHETIC_EMOTIONS),
        texts=random_sentences(num_utterances, seed=seed),
        crossed=False,
        progress=progress,
    )
    corpus.write(manifest)


def _export(config, out, teacher, student, started):
    fold, _ = student_fold(config)
    version = export_student(
        student.model,
        student.front_end,
        student.classes,
        out / "saved_models" / MODEL_NAME,
        config,
        out / "student_transfer",
    )
    difference, predictions = _compare(student, version, fold.test)
    figures = _pictures(student, teacher, fold.test, predictions, out / "figures")
    metrics = {
        "teacher": _metrics(out / "teacher", "per", "wer"),
        "student": _metrics(out / "student", "ua", "wa", "macro_f1"),
        "student_transfer": _metrics(out / "student_transfer", "ua", "wa", "macro_f1"),
        "export": {"max_abs_difference": difference, "path": str(version)},
        "seconds": round(time.monotonic() - started, 1),
    }
    report_quickstart(metrics, config, fold, predictions, figures, out)
    RunDirectory(out).write_json("metrics.json", metrics)


def _recipe(seed, manifest, overrides):
    recipes = importlib.resources.files("satn_keras.experiments") / "recipes"
    with importlib.resources.as_file(recipes / "quickstart.yaml") as path:
        return ExperimentConfig.from_yaml(
            path,
            [
                f"seed={seed}",
                f"data.emotions={json.dumps(str(manifest))}",
                f"data.transcripts={json.dumps(str(manifest))}",
                *overrides,
            ],
        )


def _compare(student, version, test):
    """Largest difference of the exported from the trained model, and predictions."""
    recognizer = Recognizer(version)
    difference, predictions = 0.0, []
    for utterance in test:
        waveform = read_audio(utterance.path, student.front_end.sample_rate)
        features, mask = student.front_end(waveform[np.newaxis])
        expected = student.model({"features": features, "mask": mask}, training=False)
        prediction = recognizer.predict([waveform])[0]
        got = np.asarray([prediction.probabilities[name] for name in student.classes])
        gap = np.abs(keras.ops.convert_to_numpy(expected)[0] - got).max()
        difference = max(difference, float(gap))
        predictions.append((utterance, prediction))
    return difference, predictions


def _pictures(student, teacher, test: Manifest, predictions, folder):
    first = {utterance.label: utterance for utterance in reversed(list(test))}
    attention = [
        picture_attention(
            student, utterance, folder / f"attention_{label}.png", teacher
        )
        for label, utterance in sorted(first.items())
    ]
    utterance, prediction = predictions[0]
    posterior = plot_posteriors(
        list(prediction.probabilities.values()),
        student.classes,
        folder / "posterior.png",
        truth=utterance.label,
        title=f"Exported model on {utterance.key}",
    )
    return {"attention": attention, "posterior": posterior}


def _metrics(path, *names):
    values = RunDirectory.open(path).read_json("metrics.json")
    return {name: values[name] for name in names}

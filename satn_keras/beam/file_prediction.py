"""Emotions of any number of sound files, predicted into sharded JSON lines."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Sequence

from satn_keras import __version__
from satn_keras.beam.job_folder import (
    INDEX,
    JobFolder,
    choose_num_shards,
    file_digest,
)
from satn_keras.beam.prediction_shards import PredictionShards
from satn_keras.beam.running import Progress, run_job
from satn_keras.export.versions import find_version
from satn_keras.pipelines.files import whole_file

FORMAT = 1
FAULTS = "faults.jsonl"


@dataclasses.dataclass(frozen=True)
class FilePrediction:
    """What is to be predicted.

    Attributes:
        paths: of the sound files, each counted once.
        model: exported model, its folder or that of a version.
        folder: to fill; a broken prediction in it goes on.
        num_shards: how many; a shard for every thousand files, 16 at least, when
            absent.
    """

    paths: Sequence[str]
    model: str | os.PathLike
    folder: str | os.PathLike
    num_shards: int | None = None


def predict_files(
    prediction: FilePrediction,
    runner: str = "DirectRunner",
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict:
    """Shards of predictions, an index, and `faults.jsonl` where files are unreadable.

    A line is what `Prediction.to_dict` has. Finished shards whose sound files and
    model are as before are kept.

    Args:
        prediction: what to predict.
        runner: name of a Beam runner. Its workers must see sound files, model and
            folder under the same names.
        options: of the runner.
        progress: called with (shards done, shards in all).

    Returns:
        What `index.json` holds: `files`, `predictions`, `faults` and `shards`.

    Raises:
        ArtifactError: if there is no exported model, or the pipeline fails; finished
            shards stay.
        ConfigError: if the runner or one of its options is unknown, or the folder
            holds other things.
    """
    names = list(dict.fromkeys(map(os.fspath, prediction.paths)))
    model = find_version(pathlib.Path(prediction.model)).absolute()
    path = pathlib.Path(prediction.folder)
    num_shards = choose_num_shards(prediction.num_shards, len(names))
    folder = JobFolder(path, "predictions", ".jsonl", num_shards)
    folder.claim()
    folder.plan((name, os.path.abspath(name)) for name in names)
    worker = PredictionShards(str(model), fingerprint_of_model(model))
    run_job(worker, folder, runner, options, progress)
    folder.clean()
    return _write_index(folder, worker)


def fingerprint_of_model(folder: pathlib.Path) -> str:
    """Hash of an exported model's files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    known = [[str(path.relative_to(folder)), file_digest(path)] for path in files]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]


def _write_index(folder, worker) -> dict:
    shards, faults = [], []
    for number in range(folder.num_shards):
        record = folder.record(number)
        faults += record["faults"]
        told = {"predictions": record["rows"], "sha256": record["sha256"]}
        shards.append({"file": folder.shard(number).name, **told})
    _write_faults(folder.path / FAULTS, faults)
    predictions = sum(shard["predictions"] for shard in shards)
    values = {
        "format": FORMAT,
        "satn_keras": __version__,
        "model": worker.model,
        "fingerprint": worker.fingerprint,
        "files": predictions + len(faults),
        "predictions": predictions,
        "faults": len(faults),
        "shards": shards,
    }
    with whole_file(folder.path / INDEX) as file:
        text = json.dumps(values, indent=2, ensure_ascii=False)
        file.write(f"{text}\n".encode())
    return values


def _write_faults(path, faults):
    """One JSON object a line; no file where there is no fault."""
    if not faults:
        path.unlink(missing_ok=True)
        return
    with whole_file(path) as file:
        for name, _, fault in sorted(faults):
            file.write(f"{json.dumps({'path': name, 'fault': fault})}\n".encode())

"""Files beside an exported model: classes, recipe, hashes and model card."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import keras

from satn_keras import __version__
from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError
from satn_keras.export.model_card import model_card
from satn_keras.export.versions import CARD, EXTRA
from satn_keras.features import FrontEnd


def write_assets(
    extra: pathlib.Path,
    model: keras.Model,
    front_end: FrontEnd,
    classes: Sequence[str],
    config: ExperimentConfig | None = None,
    run: str | os.PathLike | None = None,
    name: str = "",
) -> None:
    """Fill the folder `extra` of a version.

    - `recognizer.json`: classes, sample rate and seconds from frame to frame.
    - `labels.json`: the classes, in the order of the posterior.
    - `recipe.yaml`: the recipe, where there is one.
    - `hashes.json`: SHA-256 of the weights and of the data split, version of the code.
    - `model_card.md`: what it was trained and tested on, and what it cannot do.

    Args:
        extra: `assets.extra` in the version's folder, or, without a SavedModel, that
            folder itself; the weights are there already.
        model: the student.
        front_end: its front end.
        classes: emotions in the order of the posterior.
        config: recipe.
        run: run folder, whose metrics, split and environment are told of.
        name: of the served model.

    Raises:
        ArtifactError: if a file of the run is damaged.
        OSError: if a file cannot be written.
    """
    extra.mkdir(parents=True, exist_ok=True)
    facts = _facts(run)
    card = {
        "classes": list(classes),
        "sample_rate": front_end.sample_rate,
        "frame_seconds": front_end.frame_seconds,
    }
    _write_json(extra / CARD, card)
    _write_json(extra / "labels.json", list(classes))
    if config is not None:
        (extra / "recipe.yaml").write_text(config.to_yaml(), encoding="utf-8")
    hashes = _hashes(extra, run, facts)
    _write_json(extra / "hashes.json", hashes)
    size = model.count_params()
    text = model_card(name, size, classes, config, facts, hashes)
    (extra / "model_card.md").write_text(text, encoding="utf-8")


def _facts(run) -> dict[str, Any]:
    """What the run's own files say, by their names; nothing where there is no run."""
    if run is None:
        return {}
    run, facts = pathlib.Path(run), {}
    for name in ("metrics", "split", "environment"):
        path = run / f"{name}.json"
        try:
            facts[name] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except ValueError as error:
            raise ArtifactError(
                f"{path}: damaged ({error}). Train the run to its end."
            ) from error
    if (run / "README.md").exists():
        facts["card"] = (run / "README.md").read_text(encoding="utf-8")
    return facts


def _hashes(extra, run, facts):
    version = extra.parent if extra.name == EXTRA else extra
    weights = [
        path
        for pattern in ("variables/variables.data-*", "*.tflite", "*.onnx")
        for path in sorted(version.glob(pattern))
    ]
    hashes = {
        "weights": {str(path.relative_to(version)): _sha256(path) for path in weights},
        "split": facts.get("split", {}).get("sha256"),
        "code": {
            "exported_by": f"satn_keras {__version__}",
            "trained_by": facts.get("environment", {}).get("commit"),
        },
    }
    student = None if run is None else pathlib.Path(run) / "student.keras"
    if student is not None and student.exists():
        hashes["weights"]["student.keras"] = _sha256(student)
    return hashes


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_json(path, values):
    text = json.dumps(values, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")

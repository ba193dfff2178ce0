"""Folds of a protocol, a published table or earlier runs, to be checked for leaks."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterator

from satn_keras.config import ProtocolConfig
from satn_keras.corpora import Manifest
from satn_keras.corpora.faults.divisions import Division
from satn_keras.errors import ArtifactError, ProtocolError
from satn_keras.experiments.folds import PARTS, Fold, make_folds


def protocol_divisions(
    manifest: Manifest, protocol: ProtocolConfig, seed: int
) -> list[Division]:
    """Folds of a recipe's protocol.

    Published folds whose speakers stand in two parts are made all the same, to be
    told by the audit.

    Raises:
        ManifestError, ProtocolError: as `make_folds`.
    """
    allowed = protocol.shared_speakers == "allow"
    if protocol.folds == "published":
        protocol = protocol.model_copy(update={"shared_speakers": "allow"})
    return [division_of(fold, allowed) for fold in make_folds(manifest, protocol, seed)]


def division_of(fold: Fold, shares_speakers: bool = False) -> Division:
    """A fold as it is to be checked, without its empty parts."""
    parts = {part: getattr(fold, part) for part in PARTS if len(getattr(fold, part))}
    return Division(fold.name, parts, shares_speakers)


def run_divisions(manifest: Manifest, folder: str | os.PathLike) -> list[Division]:
    """Folds of the runs in and below a folder, by their `split.json`.

    Raises:
        ArtifactError: if a split is damaged.
        ProtocolError: if the manifest lacks an utterance of a split.
    """
    found = {one.key: one for one in manifest}
    return [
        _division(path, found)
        for path in sorted(pathlib.Path(folder).rglob("split.json"))
    ]


def _division(path: pathlib.Path, found) -> Division:
    try:
        split = json.loads(path.read_text(encoding="utf-8"))
        keys = {part: split[part] for part in PARTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}: damaged, or no split of a run ({error}). Train the run again."
        ) from error
    for key in _all(keys):
        if key not in found:
            raise ProtocolError(
                f"{path}: the manifest has no utterance {key!r}. Give the manifest "
                "that the run was trained on."
            )
    parts = {
        part: Manifest(found[key] for key in names)
        for part, names in keys.items()
        if names
    }
    return Division(str(split.get("name") or path.parent), parts)


def _all(keys) -> Iterator[str]:
    for names in keys.values():
        yield from names

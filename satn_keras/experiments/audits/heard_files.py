"""What sound files hold, heard once: a file is heard again only if it has changed."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.sounds import Sound, listen
from satn_keras.experiments.run_directory import replace_text

FORMAT = 1  # of the stored file; raise it when what is measured changes

Identity = tuple[int, int]  # bytes, and nanoseconds when they were changed
_known: dict[str, tuple[Identity, dict[str, Any]]] = {}  # by path, of this process


def heard_sounds(manifest: Manifest, source: str | os.PathLike) -> list[Sound]:
    """What each file of a manifest holds, in order.

    It is kept beside the manifest, in `.NAME.heard.json`, with size and time of each
    file; where that folder cannot be written, in this process alone.

    Args:
        manifest: Utterances.
        source: File of the manifest.
    """
    store = store_of(source)
    identities = {one.path: _identity(one.path) for one in manifest}
    if any(_facts(path, identities) is None for path in identities):
        _read(store)
    new: dict[str, Utterance] = {
        one.path: one for one in manifest if _facts(one.path, identities) is None
    }
    fresh = {}
    for sound in listen(list(new.values()), digests=False):
        path = sound.utterance.path
        fresh[path] = sound.facts()
        if identities[path] is not None:
            _known[path] = identities[path], fresh[path]
    if fresh:
        _write(store, identities)
    return [
        Sound.of(one, fresh.get(one.path) or _facts(one.path, identities))
        for one in manifest
    ]


def store_of(source: str | os.PathLike) -> pathlib.Path:
    """File beside a manifest that keeps what its sound files hold."""
    source = pathlib.Path(source)
    return source.with_name(f".{source.name}.heard.json")


def _facts(path: str, identities) -> dict[str, Any] | None:
    identity, facts = _known.get(path, (None, None))
    return facts if identity is not None and identity == identities[path] else None


def _identity(path: str) -> Identity | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _read(store: pathlib.Path) -> None:
    """Add what is stored to what is known; a damaged store is as good as none."""
    try:
        stored = json.loads(store.read_text(encoding="utf-8"))
        if stored["format"] == FORMAT:
            for path, size, modified, facts in stored["files"]:
                Sound.of(Utterance("-", path, "-"), facts)  # else it is damaged
                _known[path] = (size, modified), facts
    except (OSError, ValueError, KeyError, TypeError):
        return


def _write(store: pathlib.Path, identities) -> None:
    files = [
        (path, *_known[path][0], _known[path][1])
        for path in identities
        if path in _known
    ]
    try:
        replace_text(store, json.dumps({"format": FORMAT, "files": files}) + "\n")
    except OSError:
        return  # a corpus may lie where nobody may write

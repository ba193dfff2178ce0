"""Utterances that a recipe leaves out by name."""

from __future__ import annotations

import pathlib
from collections.abc import Collection

from satn_keras.config import DataConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ManifestError


def keys_to_drop(data: DataConfig) -> tuple[str, ...]:
    """Keys that `data.drop` names, or the lines of the file that it names.

    Raises:
        ConfigError: if the file cannot be read, or a key is in no manifest of the
            recipe.
    """
    keys = data.drop if isinstance(data.drop, tuple) else _read(data.drop)
    if not keys:
        return ()
    sources = [path for path in (data.emotions, data.transcripts) if path is not None]
    known = {key for path in sources for key in Manifest.read(path).keys}
    for key in keys:
        if key not in known:
            raise ConfigError(
                f"data.drop: no utterance has the key {key!r}. Keys are in the column "
                f"`key` of {' and '.join(sources)}."
            )
    return keys


def without_dropped(manifest: Manifest, keys: Collection[str], source: str) -> Manifest:
    """The utterances whose keys are not to be dropped.

    Raises:
        ManifestError: if none is left.
    """
    if not keys:
        return manifest
    kept = manifest.without(key=keys)
    if not len(kept):
        raise ManifestError(
            f"{source}: data.drop leaves none of {len(manifest)} utterances. "
            "Name fewer keys."
        )
    return kept


def _read(path: str) -> tuple[str, ...]:
    try:
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"data.drop: {path} must be a text file of one key a line ({reason}). "
            "`satn validate --out` writes one, or give a list of keys."
        ) from error
    return tuple(line.strip() for line in lines if line.strip())

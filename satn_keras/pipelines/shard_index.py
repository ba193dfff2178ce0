"""Index of a folder of prepared features: its settings, shards and utterances."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import pathlib
from typing import Any

import numpy as np
import pandas as pd

from satn_keras.errors import ConfigError
from satn_keras.pipelines.files import whole_file

FORMAT = 1
INDEX, TABLE = "index.json", "utterances.parquet"
# One row for each utterance at each speed, in the order of the shards.
COLUMNS = {
    "key": "object",
    "speed": "float64",
    "shard": "int32",
    "offset": "int64",  # bytes from the shard's beginning
    "bytes": "int64",  # of the record, framing included
    "frames": "int64",
    "size": "int64",  # of the sound file, in bytes
    "modified": "int64",  # nanoseconds
    "sound": "object",  # hash of what decodes from the sound file
}


@dataclasses.dataclass(frozen=True)
class ShardIndex:
    """What a folder of prepared features holds.

    Attributes:
        folder: of the shards.
        values: of `index.json`: format, fingerprint, settings, speeds, bands,
            channels, counts, shards, audit, skipped.
        table: one row for each utterance at each speed; the columns of `COLUMNS`.
    """

    folder: pathlib.Path
    values: dict[str, Any]
    table: pd.DataFrame

    @classmethod
    def read(cls, folder: str | os.PathLike) -> ShardIndex:
        """Index of `folder`, whose shards must all be there.

        Raises:
            ConfigError: if features were never prepared there to the end, by another
                format, or a shard is missing or cut.
        """
        folder = pathlib.Path(folder)
        path = folder / INDEX
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise ConfigError(
                    f"{path}: format {values['format']}, where {FORMAT} is read. "
                    f"Prepare the features again with `satn prepare --features "
                    f"{folder}`."
                )
            table = pd.read_parquet(folder / TABLE)[list(COLUMNS)]
        except (OSError, ValueError, LookupError, TypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ConfigError(
                f"{path}: no whole index of prepared features ({reason}). Prepare them "
                f"with `satn prepare --features {folder}`."
            ) from error
        index = cls(folder, values, table)
        index._check_shards()
        return index

    def write(self) -> None:
        """The table, then `index.json`, which says that all is there."""
        with whole_file(self.folder / TABLE) as file:
            self.table.astype(COLUMNS).to_parquet(file, index=False)
        text = json.dumps(self.values, indent=2, ensure_ascii=False)
        with whole_file(self.folder / INDEX) as file:
            file.write(f"{text}\n".encode())

    @property
    def paths(self) -> list[pathlib.Path]:
        """Files of the shards, in order."""
        return [self.folder / shard["file"] for shard in self.values["shards"]]

    @functools.cached_property
    def starts(self) -> np.ndarray:
        """(shards + 1,), first row of the table of each shard, and of all rows."""
        counts = [shard["rows"] for shard in self.values["shards"]]
        return np.concatenate([[0], np.cumsum(counts)]).astype("int64")

    def rows(self, keys, speed: float) -> np.ndarray:
        """(keys,), where each utterance at a speed is in the table; -1 if nowhere."""
        places = np.flatnonzero(self.table["speed"].to_numpy() == speed)
        found = pd.Index(self.table["key"].to_numpy()[places]).get_indexer(keys)
        if not len(places):
            return found
        return np.where(found < 0, -1, places[found])

    def _check_shards(self):
        for path, shard in zip(self.paths, self.values["shards"], strict=True):
            if not path.is_file() or path.stat().st_size != shard["bytes"]:
                raise ConfigError(
                    f"{path}: missing or not of {shard['bytes']} bytes, as the index "
                    "has it. Run the same `satn prepare --features` again, which makes "
                    "what is missing."
                )


def fingerprint_of(settings: dict) -> str:
    """Hash of what decides the features besides the audio.

    Example:
        >>> fingerprint_of({"backend": "soundfile"}) == fingerprint_of({})
        False
    """
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Folder of a job: what is to be done in each shard, and what was done."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import re
from collections.abc import Iterable
from typing import Any

from satn_keras.errors import ConfigError
from satn_keras.pipelines.files import whole_file

INDEX = "index.json"
ITEMS_PER_SHARD = 1000  # where the number of shards is not said
FEWEST_SHARDS = 16
MOST_SHARDS = 100_000  # five figures


@dataclasses.dataclass(frozen=True)
class JobFolder:
    """Shards of a job and their records, each whole or absent.

    An item belongs to the shard that the hash of its key says, and stands there in
    the order of the hashes, whatever the order of the items and whoever works.

    Attributes:
        path: the folder; records and what is left to do lie in its `parts/`.
        stem: first word of the shards' names.
        ending: of the shards' names, with its dot.
        num_shards: how many.
    """

    path: pathlib.Path
    stem: str
    ending: str
    num_shards: int

    def shard(self, number: int) -> pathlib.Path:
        """File of a shard.

        Example:
            >>> folder = JobFolder(pathlib.Path("out"), "shard", ".tfrecord", 16)
            >>> folder.shard(3).name
            'shard-00003-of-00016.tfrecord'
        """
        return self.path / f"{self.stem}-{self._place(number)}{self.ending}"

    def claim(self) -> None:
        """Remove the index, which tells of whole shards, before one may be missing.

        Raises:
            ConfigError: if it tells of something else.
        """
        path = self.path / INDEX
        if not path.exists():
            return
        try:
            names = [one["file"] for one in json.loads(path.read_bytes())["shards"]]
        except (ValueError, LookupError, TypeError):
            names = [""]
        if not all(name.startswith(f"{self.stem}-") for name in names):
            raise ConfigError(
                f"{path}: the folder holds other things than {self.stem} files of this "
                "command. Choose another folder."
            )
        path.unlink()

    def plan(self, items: Iterable[tuple[str, Any]]) -> None:
        """Write down what is to be done: (key, value for JSON) of each item."""
        shards: list[list] = [[] for _ in range(self.num_shards)]
        for key, value in items:
            shards[int(_digest(key)[:16], 16) % self.num_shards].append((key, value))
        for number, items in enumerate(shards):
            ordered = sorted(items, key=lambda item: _digest(item[0]))
            _write_json(self._todo(number), ordered)

    def todo(self, number: int) -> list | None:
        """(key, value) of each item of a shard; None where it is done."""
        return _read_json(self._todo(number))

    def record(self, number: int) -> dict | None:
        """What was written of a shard when it was last worked on."""
        return _read_json(self._record(number))

    def finish(self, number: int, record: dict) -> None:
        """Keep what is to be known of a shard, which then is no longer to do."""
        _write_json(self._record(number), record)
        self._todo(number).unlink(missing_ok=True)

    def num_left(self) -> int:
        """Shards that are still to do."""
        return sum(self._todo(number).exists() for number in range(self.num_shards))

    def clean(self) -> None:
        """Remove what broken runs left, and the shards of another number of shards."""
        own = {self.shard(number).name for number in range(self.num_shards)}
        own |= {self._record(number).name for number in range(self.num_shards)}
        names = re.compile(
            rf"({self.stem}|done|todo)-\d{{5}}-of-\d{{5}}(\.json|{self.ending})"
        )
        for child in [*self.path.iterdir(), *(self.path / "parts").iterdir()]:
            if names.fullmatch(child.name) and child.name not in own:
                child.unlink()
            elif re.fullmatch(rf"\.{names.pattern}\.[0-9a-f]{{32}}", child.name):
                child.unlink()

    def _todo(self, number):
        return self.path / "parts" / f"todo-{self._place(number)}.json"

    def _record(self, number):
        return self.path / "parts" / f"done-{self._place(number)}.json"

    def _place(self, number):
        return f"{number:05}-of-{self.num_shards:05}"


def choose_num_shards(wanted: int | None, num_items: int) -> int:
    """`wanted`, or a shard for every thousand items, 16 at least.

    Raises:
        ConfigError: if `wanted` is out of range.

    Example:
        >>> choose_num_shards(None, 20_500)
        21
    """
    if wanted is None:
        wanted = max(FEWEST_SHARDS, -(-num_items // ITEMS_PER_SHARD))
    if not 1 <= wanted < MOST_SHARDS:
        raise ConfigError(
            f"--shards: must be from 1 to {MOST_SHARDS - 1}. Received: {wanted}."
        )
    return wanted


def file_digest(path: pathlib.Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _digest(key):
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _write_json(path, values):
    with whole_file(path) as file:
        file.write(json.dumps(values).encode())


def _read_json(path):
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:  # not ours, or damaged: the work is done again
        return None

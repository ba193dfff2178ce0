"""Index of prepared features, gathered from the records of their shards."""

from __future__ import annotations

import dataclasses

import pandas as pd

from satn_keras import __version__
from satn_keras.beam.job_folder import JobFolder
from satn_keras.corpora import Manifest
from satn_keras.corpora.checks import audit_of
from satn_keras.corpora.sounds import Sound
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.shard_index import (
    COLUMNS,
    FORMAT,
    ShardIndex,
    fingerprint_of,
)


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What the records of all shards say.

    Attributes:
        sounds: what each utterance's file holds, in the order of the manifest.
        faults: `key`, `path` and `fault` of each file that cannot be read, in order.
        shards: what the index says of each shard.
        tables: rows of each shard.
    """

    sounds: list[Sound]
    faults: list[dict]
    shards: list[dict]
    tables: list[pd.DataFrame]


def gather(manifest: Manifest, folder: JobFolder) -> Gathered:
    """The records of the shards, read one after another."""
    utterances = {one.key: one for one in manifest}
    sounds, faults, shards, tables = {}, {}, [], []
    for number in range(folder.num_shards):
        record = folder.record(number)
        for key, told in record["sounds"].items():
            sounds[key] = Sound.of(utterances[key], told)
        for fault in record["faults"]:
            faults[fault[0]] = dict(zip(("key", "path", "fault"), fault, strict=True))
        if record["complete"]:
            shards.append(_shard(folder, number, record))
            tables.append(_table(number, record["rows"]))
    in_order = [sounds[key] for key in utterances]
    return Gathered(
        in_order, [faults[key] for key in utterances if key in faults], shards, tables
    )


def make_index(
    source: FeatureSource, folder: JobFolder, gathered: Gathered
) -> ShardIndex:
    """Index of whole shards, with the audit of all that was asked for.

    Args:
        source: of the features.
        folder: of the shards.
        gathered: from their records.
    """
    settings = source.settings()
    table = pd.concat(gathered.tables, ignore_index=True)
    values = {
        "format": FORMAT,
        "satn_keras": __version__,
        "fingerprint": fingerprint_of(settings),
        "settings": settings,
        "speeds": list(source.speeds),
        "bands": source.front_end.num_bands,
        "channels": source.front_end.num_channels,
        "utterances": len(source.manifest) - len(gathered.faults),
        "frames": int(table["frames"].sum()),
        "shards": gathered.shards,
        "audit": audit_of(source.manifest, gathered.sounds).to_dict(),
        "skipped": gathered.faults,
    }
    return ShardIndex(folder.path, values, table)


def _table(shard, rows):
    """One row for each utterance at each speed, in the order of the shard."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["shard"] = shard
    return table.astype(COLUMNS)


def _shard(folder, number, record):
    """What the index says of a shard."""
    return {
        "file": folder.shard(number).name,
        "rows": len(record["rows"]),
        "bytes": record["bytes"],
        "sha256": record["sha256"],
    }

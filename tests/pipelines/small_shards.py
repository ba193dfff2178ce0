"""Folders of prepared features, written without the pipeline that prepares them."""

import hashlib
import os

import pandas as pd

from satn_keras.corpora.sounds import listen
from satn_keras.pipelines import ShardIndex, build_store, prepared_features
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.shard_index import COLUMNS, fingerprint_of
from satn_keras.pipelines.shard_records import ShardWriter
from tests.pipelines.small_stores import front_end, rows_of


def write_shards(folder, manifest, num_shards=3, speeds=(1.0,), skipped=()):
    """Index of the features of a manifest, utterance u in shard u % num_shards."""
    folder.mkdir(parents=True, exist_ok=True)
    features = rows_of(build_store(manifest, front_end(), speeds))
    sounds = list(listen(manifest))
    rows, shards = [], []
    for shard in range(num_shards):
        path = folder / f"{shard}.tfrecord"
        own = [
            row
            for row in range(len(features))
            if row % len(manifest) % num_shards == shard
        ]
        with ShardWriter(path) as writer:
            for row in own:
                utterance = row % len(manifest)
                speed = speeds[row // len(manifest)]
                key = manifest[utterance].key
                place = writer.write(key, speed, features[row])
                stat = os.stat(manifest[utterance].path)
                rows.append(
                    (key, speed, shard, *place, len(features[row]), stat.st_size)
                    + (stat.st_mtime_ns, sounds[utterance].digest.hex())
                )
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        shards.append(
            {"file": path.name, "rows": len(own), "bytes": len(data), "sha256": digest}
        )
    values = _values(FeatureSource(manifest, front_end()).settings(), speeds)
    values |= {"shards": shards, "skipped": list(skipped)}
    index = ShardIndex(folder, values, pd.DataFrame(rows, columns=list(COLUMNS)))
    index.write()
    return index


def prepared_store(folder, manifest, **options):
    """Store that reads the folder."""
    with prepared_features(folder):
        return build_store(manifest, front_end(), **options)


def _values(settings, speeds):
    return {
        "format": 1,
        "fingerprint": fingerprint_of(settings),
        "settings": settings,
        "speeds": list(speeds),
        "bands": 5,
        "channels": 3,
    }

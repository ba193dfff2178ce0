"""Features shared by many stores, so that no fold of a corpus is heard twice."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from satn_keras.corpora import Manifest

if TYPE_CHECKING:
    from satn_keras.pipelines.feature_source import FeatureSource
    from satn_keras.pipelines.feature_store import FeatureStore

_POOL = contextvars.ContextVar("feature_pool", default=None)


@contextlib.contextmanager
def shared_features(manifest: Manifest) -> Iterator[None]:
    """Stores built inside take their rows from one extraction of `manifest`.

    Cross-validation trains on other parts of the same utterances again and again.
    What is shared is a row's unnormalised features, which know of no other row:
    statistics are still those of each store's own part.

    Args:
        manifest: all utterances, of which stores may ask for some.
    """
    token = _POOL.set(_FeaturePool(manifest))
    try:
        yield
    finally:
        _POOL.reset(token)


def pooled(
    source: FeatureSource, build: Callable[[FeatureSource], FeatureStore]
) -> tuple[np.ndarray, Callable] | None:
    """Lengths and `fetch` of a source's rows, where a pool holds them all.

    Args:
        source: the rows.
        build: store of the whole pool's source in one version, called once for each
            setting and version.
    """
    pool = _POOL.get()
    places = None if pool is None else pool.places(source.manifest)
    if places is None:
        return None
    stores = [pool.store(version, build) for version in source.apart()]
    lengths = np.concatenate([store.lengths[places] for store in stores])
    return lengths, _fetch_from(stores, places)


class _FeaturePool:
    """Stores of one manifest, by the settings of their features and the version.

    A version that seeds share is kept once, and so are the utterances as they are,
    for training and for evaluation.
    """

    def __init__(self, manifest: Manifest):
        self.manifest = manifest
        self._place = {(one.key, one.path): place for place, one in enumerate(manifest)}
        self._stores: dict[str, FeatureStore] = {}

    def places(self, manifest: Manifest) -> np.ndarray | None:
        """(utterances,), where each lies in the pool; None if one does not."""
        places = [self._place.get((one.key, one.path)) for one in manifest]
        return None if None in places else np.asarray(places, "int64")

    def store(self, source: FeatureSource, build) -> FeatureStore:
        """Store of all the pool's utterances, with the settings of `source`."""
        settings = repr(
            (
                source.front_end.config.extracted,
                source.versions,
                source.backend,
            )
        )
        if settings not in self._stores:
            whole = dataclasses.replace(source, manifest=self.manifest)
            self._stores[settings] = build(whole)
        return self._stores[settings]


def _fetch_from(stores, places):
    """From a row to its features in the store of its version."""
    number = len(places)
    with tf.device("CPU:0"):
        places = tf.constant(places)

    def fetch(row):
        place = places[row % number]
        versions = [functools.partial(store.fetch, place) for store in stores]
        if len(versions) == 1:
            return versions[0]()
        return tf.switch_case(tf.cast(row // number, tf.int32), versions)

    return fetch

"""Prepared features in the place of the audio, where settings and audio agree."""

from __future__ import annotations

import contextlib
import contextvars
import os
from collections.abc import Iterator, Sequence

import numpy as np

from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.sounds import listen
from satn_keras.errors import ConfigError
from satn_keras.pipelines.audio import read_audio
from satn_keras.pipelines.changes import Change
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.shard_index import ShardIndex, fingerprint_of

_PREPARED = contextvars.ContextVar("prepared_features", default=None)


@contextlib.contextmanager
def prepared_features(folder: str | os.PathLike | None) -> Iterator[None]:
    """Stores built inside read their rows from the shards in `folder`.

    Args:
        folder: that `satn prepare --features` filled; None changes nothing.

    Raises:
        ConfigError: if there are no whole prepared features.
    """
    if folder is None:
        yield
        return
    token = _PREPARED.set(_Prepared(ShardIndex.read(folder)))
    try:
        yield
    finally:
        _PREPARED.reset(token)


def prepared_rows(source: FeatureSource) -> tuple[ShardIndex, np.ndarray] | None:
    """Index and the places in its table of a source's rows; None outside.

    Raises:
        AudioError: if a sound file is missing.
        ConfigError: if the features were prepared by other settings or from other
            audio, or not of every row.
    """
    prepared = _PREPARED.get()
    return None if prepared is None else (prepared.index, prepared.places(source))


def check_speeds_alone(changes: Sequence[Change], asked: str) -> None:
    """Refuse versions that shards do not hold.

    Args:
        changes: besides the speeds.
        asked: what asks for prepared features, as the user calls it.

    Raises:
        ConfigError: naming the first.
    """
    if changes:
        raise ConfigError(
            f"{asked}: prepared features hold utterances at `augmentation.speeds` "
            f"alone, and {changes[0]} is asked for. Leave {asked} out, or pitches, "
            "vocal_tracts, noises and reverberations."
        )


class _Prepared:
    """Prepared features, and which utterances' audio was found unchanged."""

    def __init__(self, index: ShardIndex):
        self.index = index
        self._unchanged: set[tuple[str, str]] = set()

    def places(self, source: FeatureSource) -> np.ndarray:
        self._check_settings(source)
        keys = source.manifest.keys
        places = [self.index.rows(keys, speed) for speed in source.speeds]
        self._check_all_there(source.manifest, places[0])
        self._check_audio(source.manifest, places[0])
        return np.concatenate(places)

    def _check_settings(self, source):
        check_speeds_alone(source.changes, "data.features")
        values, settings = self.index.values, source.settings()
        if values["fingerprint"] != fingerprint_of(settings):
            raise ConfigError(
                f"data.features: {self.index.folder} was prepared with "
                f"{_difference(values['settings'], settings)}. Prepare the features "
                "again with this recipe, or take that setting."
            )
        absent = [speed for speed in source.speeds if speed not in values["speeds"]]
        if absent or len(set(source.speeds)) < len(source.speeds):
            raise ConfigError(
                f"data.features: {self.index.folder} holds each utterance once at the "
                f"speeds {_listed(values['speeds'])}, and {_listed(source.speeds)} are "
                "asked for. Prepare the features again with this recipe."
            )

    def _check_all_there(self, manifest, places):
        absent = [one for one, place in zip(manifest, places, strict=True) if place < 0]
        if not absent:
            return
        first = absent[0].key
        skipped = {one["key"]: one["fault"] for one in self.index.values["skipped"]}
        why = f" (skipped: {skipped[first]})" if first in skipped else ""
        raise ConfigError(
            f"data.features: {self.index.folder} lacks {len(absent)} of "
            f"{len(manifest)} utterances, the first is {first!r}{why}. Prepare the "
            "features again from this manifest, or leave these utterances out of it."
        )

    def _check_audio(self, manifest, places):
        table = self.index.table.iloc[places]
        known = zip(table["size"], table["modified"], table["sound"], strict=True)
        changed = [
            one
            for one, identity in zip(manifest, known, strict=True)
            if (one.key, one.path) not in self._unchanged
            and not _is_same(one, *identity)
        ]
        if changed:
            raise ConfigError(
                f"data.features: {len(changed)} sound files have changed since their "
                f"features were prepared in {self.index.folder}, the first is "
                f"{changed[0].path}. Run `satn prepare --features` again."
            )
        self._unchanged.update((one.key, one.path) for one in manifest)


def _is_same(utterance: Utterance, size: int, modified: int, sound: str) -> bool:
    """Whether a sound file is the one that features were prepared from.

    A copy of a corpus may have other times: then what decodes from it is compared.
    """
    try:
        stat = os.stat(utterance.path)
    except OSError:
        read_audio(utterance.path)  # says what is wrong
        raise
    if stat.st_size != size:
        return False
    if stat.st_mtime_ns == modified:
        return True
    (heard,) = listen(Manifest([utterance]))
    return heard.digest.hex() == sound


def _difference(prepared, wanted):
    """The first setting that differs, as the recipe calls it."""
    flat = [
        {
            **{f"features.{key}": value for key, value in each["features"].items()},
            **each,
        }
        for each in (prepared, wanted)
    ]
    for key in sorted({*flat[0], *flat[1]} - {"features"}):
        before, now = (values.get(key) for values in flat)
        if before != now:
            return f"{key} {before}, and {now} is asked for"
    return "other settings"


def _listed(speeds):
    return ", ".join(map(str, speeds))

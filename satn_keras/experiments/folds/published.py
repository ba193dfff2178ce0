"""Folds as a publication lists them, audited for shared speakers."""

from __future__ import annotations

import itertools
import os
import pathlib
from collections.abc import Iterable, Iterator

from satn_keras.corpora import Manifest
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds.fold import (
    ALWAYS_DISJOINT,
    DISJOINT,
    PARTS,
    Fold,
    listed,
)
from satn_keras.experiments.folds.fold_lists import Entry, read_fold_list
from satn_keras.experiments.folds.groups import shuffled
from satn_keras.experiments.folds.speakers import check_count

Keys = dict[str, str]  # utterance -> part


def published_folds(
    manifest: Manifest,
    path: str | os.PathLike,
    validation_speakers: int = 1,
    seed: int = 1,
    shared_speakers: str = "refuse",
    unlisted: str = "refuse",
) -> Iterator[Fold]:
    """Folds that a table or an EmoBox folder lists (`read_fold_list`).

    A line names its utterance by key; where the manifest has no such key, by the key
    without the corpus's name before it (emodb-03a01Fa), or by the sound file, as
    much of its path as is needed to tell it, whatever its ending.

    A fold without a validation part takes one out of its training part: speakers
    drawn by the seed, of those whom the test part does not have as far as there are
    enough. So the test part stays as published, and never selects.

    Args:
        manifest: Utterances of the corpus.
        path: The list.
        validation_speakers: How many validate where the list names none; with 0
            such a fold has no validation part.
        seed: Decides which.
        shared_speakers: "refuse" folds in which a speaker is in two parts, or
            "allow" them: the fold then says so (`Fold.speaker_independent`).
        unlisted: "refuse" a fold that lacks an utterance of the manifest, or
            "leave_out" such utterances.

    Returns:
        Folds in the order of their numbers, or of their names.

    Raises:
        ManifestError: if a table is broken.
        ProtocolError: if the list names an utterance that the manifest lacks, or one
            twice in a fold; for what `shared_speakers` and `unlisted` refuse; if a
            fold has no utterance to train on or to test, or too few speakers to take
            a validation part from.

    References:
        Ma et al., EmoBox: Multilingual Multi-corpus Speech Emotion Recognition
        Toolkit and Benchmark, Interspeech 2024.
    """
    check_count("validation_speakers", validation_speakers)
    for name, value, other in (
        ("shared_speakers", shared_speakers, "allow"),
        ("unlisted", unlisted, "leave_out"),
    ):
        if value not in ("refuse", other):
            raise ProtocolError(f"`{name}` must be refuse or {other}, not {value!r}.")
    folds = _parts_of(manifest, read_fold_list(path))
    if unlisted == "refuse":
        for name, keys in folds.items():
            _check_complete(f"{path}: fold {name!r}", manifest, keys)
    divided = {
        name: _divide(manifest, keys, f"{path}: fold {name!r}")
        for name, keys in folds.items()
    }
    if shared_speakers == "refuse":
        for name, parts in divided.items():
            _check_speakers(f"{path}: fold {name!r}", parts)
    return (
        _fold(f"{path}: fold {name!r}", name, parts, validation_speakers, seed)
        for name, parts in divided.items()
    )


def _parts_of(manifest: Manifest, entries: Iterable[Entry]) -> dict[str, Keys]:
    """Part of each utterance, by fold."""
    find = _Finder(manifest)
    folds: dict[str, Keys] = {}
    lines: dict[tuple[str, str], str] = {}
    for entry in entries:
        key = find(entry)
        before = lines.setdefault((entry.fold, key), entry.where)
        if key in folds.setdefault(entry.fold, {}):
            raise ProtocolError(
                f"{entry.where}: utterance {key!r} stands twice in fold "
                f"{entry.fold!r}, first at {before}. Keep one of the lines."
            )
        folds[entry.fold][key] = entry.part
    return {name: folds[name] for name in sorted(folds, key=_by_number)}


class _Finder:
    """Key of the utterance that a line of a list means."""

    def __init__(self, manifest: Manifest):
        self._keys = set(manifest.keys)
        self._named: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for one in manifest:
            tail = _tail(one.path)
            self._named.setdefault(tail[0], []).append((tail, one.key))

    def __call__(self, entry: Entry) -> str:
        prefix = f"{entry.dataset}-" if entry.dataset else ""
        for key in (entry.key, entry.key.removeprefix(prefix)):
            if key in self._keys:
                return key
        found = self._by_path(_tail(entry.path)) if entry.path else []
        if len(found) == 1:
            return found[0]
        if found:
            raise ProtocolError(
                f"{entry.where}: {entry.path} may be any of {listed(found)}. Give "
                "the manifest the keys of the list."
            )
        raise ProtocolError(
            f"{entry.where}: the manifest has no utterance {entry.key!r}. Prepare the "
            "whole corpus, and give its utterances the keys of the list."
        )

    def _by_path(self, wanted: tuple[str, ...]) -> list[str]:
        """Keys of the files that share the longest end of the path."""
        shared = {
            key: len(list(itertools.takewhile(_equal, zip(tail, wanted, strict=False))))
            for tail, key in self._named.get(wanted[0], [])
        }
        most = max(shared.values(), default=0)
        return [key for key, length in shared.items() if length == most]


def _tail(path: str) -> tuple[str, ...]:
    """Parts of a path from its end, the file's without its ending."""
    parts = pathlib.PurePath(path).with_suffix("").parts
    return tuple(reversed(parts))


def _equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _by_number(name: str) -> tuple[int, str]:
    number = name.removeprefix("fold_")
    return (int(number), "") if number.isdecimal() else (0, name)


def _check_complete(where: str, manifest: Manifest, keys: Keys) -> None:
    lacking = [key for key in manifest.keys if key not in keys]
    if lacking:
        raise ProtocolError(
            f"{where} lists {len(keys)} of the manifest's {len(manifest)} utterances, "
            f"not {listed(lacking)}. Complete the list, or set `unlisted: leave_out`."
        )


def _divide(manifest: Manifest, keys: Keys, where: str) -> dict[str, Manifest]:
    parts = {
        part: manifest.where(key={key for key in keys if keys[key] == part})
        for part in PARTS
    }
    for part in ("train", "test"):
        if not len(parts[part]):
            raise ProtocolError(f"{where} has no {part} part. Complete the list.")
    return parts


def _check_speakers(where: str, parts: dict[str, Manifest]) -> None:
    for one, other in (("test", "train"), ("test", "validation"), _TUNING):
        speakers = parts[one].speakers
        shared = set(speakers) & set(parts[other].speakers)
        if shared:
            raise ProtocolError(
                f"{where}: {len(shared)} of {len(speakers)} {one} speakers are in "
                f"{other} too ({listed(shared)}), so its figures would not be those "
                "of unheard speakers. Choose speaker_folds, or set "
                "`shared_speakers: allow` and say so beside the figures."
            )


_TUNING = ("validation", "train")


def _fold(
    where: str, name: str, parts: dict[str, Manifest], count: int, seed: int
) -> Fold:
    if count and not len(parts["validation"]):
        parts = parts | _with_validation(where, name, parts, count, seed)
    speakers = [set(part.speakers) for part in parts.values()]
    apart = all(a.isdisjoint(b) for a, b in itertools.combinations(speakers, 2))
    return Fold(name, **parts, disjoint=DISJOINT if apart else ALWAYS_DISJOINT)


def _with_validation(
    where: str, name: str, parts: dict[str, Manifest], count: int, seed: int
) -> dict[str, Manifest]:
    """Training part without some speakers, and the validation part they are."""
    train, tested = parts["train"], set(parts["test"].speakers)
    drawn = shuffled(train.speakers, f"{seed} {name}")
    drawn.sort(key=tested.__contains__)  # those not tested first, else as drawn
    if len(drawn) <= count:
        raise ProtocolError(
            f"{where} has no validation part, and {count} of its {len(drawn)} "
            "training speakers cannot be spared. List a validation part."
        )
    chosen = drawn[:count]
    return {
        "train": train.without(speaker=chosen),
        "validation": train.where(speaker=chosen),
    }

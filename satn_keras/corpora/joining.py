"""Several corpora in one manifest, in which equal names stay different people."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import ManifestError

# What a corpus names by itself, so that another may use the same name.
OWN_NAMES = ("key", "speaker", "session", "sentence")


def join_manifests(manifests: Sequence[Manifest]) -> Manifest:
    """All utterances in one manifest, with their languages, datasets and sessions.

    A key, speaker, session or sentence whose name stands in several datasets is
    written with its dataset before it ("emodb-03"), in all of them: the speaker 03 of
    one corpus is not the 03 of another. Within one dataset equal names are the same.

    Args:
        manifests: One for each corpus, or several parts of one.

    Raises:
        ManifestError: if fewer than two are given, a name is shared with utterances
            without a dataset, or an utterance stands twice.

    Example:
        >>> one, other = (
        ...     Manifest([Utterance("a", f"{name}/a.wav", speaker="03", dataset=name)])
        ...     for name in ("emodb", "ravdess")
        ... )
        >>> join_manifests([one, other]).speakers
        ('emodb-03', 'ravdess-03')
    """
    if len(manifests) < 2:
        raise ManifestError(
            f"joining needs at least two manifests. Received: {len(manifests)}."
        )
    every = [one for manifest in manifests for one in manifest]
    shared = {field: _shared(every, field) for field in OWN_NAMES}
    return Manifest(_renamed(one, shared) for one in every)


def own_name(dataset: str, name: str) -> str:
    """Name by which the corpus itself knows someone whom `join_manifests` renamed.

    Example:
        >>> own_name("emodb", "emodb-03"), own_name("emodb", "03")
        ('03', '03')
    """
    return name.removeprefix(f"{dataset}-") if dataset else name


def _shared(every: Sequence[Utterance], field: str) -> set[str]:
    """Names of the field that stand in several datasets."""
    datasets = collections.defaultdict(set)
    for one in every:
        if getattr(one, field):
            datasets[getattr(one, field)].add(one.dataset)
    shared = {name for name, where in datasets.items() if len(where) > 1}
    unclear = sorted(name for name in shared if "" in datasets[name])
    if unclear:
        raise ManifestError(
            f"{field} {unclear[0]!r} stands in several manifests, one of which names "
            "no dataset, so that nobody can tell whether it is the same. Fill in the "
            "column `dataset` of every manifest."
        )
    return shared


def _renamed(one: Utterance, shared: dict[str, set[str]]) -> Utterance:
    changes = {
        field: f"{one.dataset}-{getattr(one, field)}"
        for field, names in shared.items()
        if getattr(one, field) in names
    }
    return dataclasses.replace(one, **changes) if changes else one

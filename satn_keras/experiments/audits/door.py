"""The door of training: a manifest with errors does not come in."""

from __future__ import annotations

import collections
import json
import os
import pathlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from satn_keras.corpora import Manifest
from satn_keras.corpora.faults import Finding
from satn_keras.corpora.faults.copies import check_copies, find_copies
from satn_keras.corpora.faults.oddities import check_sounds
from satn_keras.corpora.sounds import Sound
from satn_keras.errors import AudioError, ManifestError
from satn_keras.experiments.audits.heard_files import heard_sounds
from satn_keras.pipelines import read_audio
from satn_keras.pipelines.shard_index import INDEX

_COPIES = ("copy_two_labels", "copy_two_speakers")
_UNREADABLE = ("missing_file", "unreadable", "empty", "truncated", "non_finite")
_FILE_RULES = (*_UNREADABLE, "too_short", "silent", *_COPIES)


def refuse_errors(
    manifest: Manifest,
    source: str | os.PathLike,
    dropped: Collection[str] = (),
    features: str | os.PathLike | None = None,
) -> None:
    """Refuse a manifest whose files break a rule that is an error.

    That is what `satn validate` says of files and of copies under two speakers or
    labels; labels and texts are checked where they are used. Each file is read once,
    and again only when it has changed.

    Args:
        manifest: Utterances, those to be dropped too.
        source: File of the manifest.
        dropped: Keys of the utterances to leave out.
        features: Folder of prepared features, whose audit stands for another
            reading of the files.

    Raises:
        AudioError: if a file is at fault.
        ManifestError: if one sound stands under two speakers or labels.
    """
    paths = {one.key: one.path for one in manifest if one.key not in dropped}
    found = _prepared_errors(features, paths) if features is not None else None
    if found is None:
        sounds = heard_sounds(manifest, source)
        found = errors_of([one for one in sounds if one.utterance.key in paths])
    if found:
        _refuse(found, paths, source)


def errors_of(sounds: Sequence[Sound]) -> list[Finding]:
    """Findings on the files that are errors."""
    found = [*check_sounds(sounds), *check_copies(find_copies(sounds))]
    return [finding for finding in found if finding.severity == "error"]


def describe_dropped(
    manifest: Manifest, source: str | os.PathLike, dropped: Collection[str]
) -> list[dict[str, Any]]:
    """Key, file and broken rules of each utterance that is left out, for JSON."""
    rules: dict[str, list[str]] = {}
    for finding in errors_of(heard_sounds(manifest, source)):
        for key in finding.keys:
            rules.setdefault(key, []).append(finding.rule)
    return [
        {"key": one.key, "path": one.path, "errors": rules.get(one.key, [])}
        for one in manifest
        if one.key in dropped
    ]


def _prepared_errors(features, keys: Collection[str]) -> list[Finding] | None:
    """Errors on the files of `keys` that the audit of prepared features found.

    None where there is no such audit; training then says what is wrong with the index.
    """
    try:
        index = json.loads((pathlib.Path(features) / INDEX).read_text(encoding="utf-8"))
        found = [
            Finding(one["rule"], one["message"], tuple(one["keys"]))
            for one in index["audit"]["findings"]
            if one["rule"] in _FILE_RULES
        ]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return [
        one for one in found if len(set(one.keys) & set(keys)) > (one.rule in _COPIES)
    ]


def _refuse(found: Sequence[Finding], paths: Mapping[str, str], source) -> NoReturn:
    counts = collections.Counter(finding.rule for finding in found)
    told = ", ".join(f"{count} {rule}" for rule, count in counts.items())
    kind = ManifestError if found[0].rule in _COPIES else AudioError
    raise kind(
        f"{_told(found[0], paths)} {source} has errors ({told}) in {len(paths)} "
        f"utterances. See them with `satn validate {source} --out audit`, and "
        "mend them or leave them out with data.drop=audit/drop.txt."
    )


def _told(finding: Finding, paths: Mapping[str, str]) -> str:
    """What is wrong, in the words of the reader of audio where it refuses too."""
    if finding.rule in _UNREADABLE:
        try:
            read_audio(paths[finding.keys[0]])
        except AudioError as error:
            return str(error)
    return finding.message

"""SpeechBrain's JSON of a data set: one object of records by key."""

from __future__ import annotations

import functools
import json
import os
import pathlib
from typing import Any

from satn_keras.corpora.exchange.headers import header_of
from satn_keras.corpora.exchange.origin import Origin
from satn_keras.corpora.exchange.records import utterance_of
from satn_keras.corpora.files import replace_file
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

EXTRA = ("language", "dataset", "session", "sentence", "gender", "style")


def read_speechbrain(
    path: str | os.PathLike, root: str | os.PathLike | None = None, dataset: str = ""
) -> Manifest:
    """Manifest of a JSON that `DynamicItemDataset.from_json` reads.

    Args:
        path: The file.
        root: What {data_root} means, and where relative paths start; the folder of
            the file when absent.
        dataset: Corpus of records that name none; its names tell speakers where the
            records do not, as in SpeechBrain's recipe of IEMOCAP.

    Raises:
        CorpusError: if the file is no JSON object of objects, or a record does not
            fit. The message names the key.

    References:
        SpeechBrain, dataio/dataset.py (from_json), recipes/IEMOCAP.
    """
    path = pathlib.Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text, object_pairs_hook=functools.partial(_once, path))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorpusError(
            f"{path}: cannot be read as JSON ({error}). Write the file again."
        ) from error
    if not isinstance(content, dict) or not all(
        isinstance(record, dict) for record in content.values()
    ):
        raise CorpusError(f"{path}: must be one object of objects by key.")
    origin = Origin.of(path, root, dataset)
    return Manifest(
        utterance_of(f"{path}: {key!r}", key, record, origin)
        for key, record in content.items()
    )


def write_speechbrain(manifest: Manifest, path: str | os.PathLike) -> None:
    """JSON that `DynamicItemDataset.from_json` reads.

    A record holds `wav`, `length` in seconds, `spk_id`, `emo`, `wrd` and our other
    columns, so that each has the same keys.

    Args:
        manifest: Utterances whose sounds can be read.
        path: File to write.

    Raises:
        AudioError: if a sound cannot be read.
    """
    content = {one.key: _record(one) for one in manifest}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    replace_file(path, lambda stream: stream.write(text.encode("utf-8")))


def _once(path: pathlib.Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object of the pairs, none of which may hide another one of its key."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CorpusError(f"{path}: key {twice!r} stands twice. Keep one of them.")
    return values


def _record(one: Utterance) -> dict:
    return {
        "wav": one.path,
        "length": header_of(one).seconds,
        "spk_id": one.speaker,
        "emo": one.label,
        "wrd": one.text,
        **{name: getattr(one, name) for name in EXTRA},
    }

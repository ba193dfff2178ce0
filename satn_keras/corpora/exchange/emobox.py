"""EmoBox's JSONL of a corpus (Ma et al. 2024)."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from satn_keras.corpora.exchange.headers import header_of
from satn_keras.corpora.exchange.json_lines import read_json_lines, write_json_lines
from satn_keras.corpora.exchange.origin import Origin
from satn_keras.corpora.exchange.records import utterance_of
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

# Our columns that EmoBox has no key for; it passes over keys that it does not know.
EXTRA = ("speaker", "text", "language", "session", "sentence", "gender", "style")


def read_emobox(
    path: str | os.PathLike, root: str | os.PathLike | None = None, dataset: str = ""
) -> Manifest:
    """Manifest of a JSONL of EmoBox, such as data/tess/tess.jsonl.

    EmoBox names no speakers: they come from the names of the sounds, for the corpora
    whose names we know. Codes of those corpora become our words ("ps", "sa").

    Args:
        path: The file, .jsonl or .jsonl.gz.
        root: Where `wav` paths start; EmoBox's are relative to its own folder
            ("downloads/tess/..."). The folder of the file when absent.
        dataset: Corpus of records that name none.

    Raises:
        CorpusError: if a line is no object, or a record does not fit. The message
            names the line.

    References:
        https://github.com/emo-box/EmoBox, README.md and preprocess_utils.py.
    """
    path = pathlib.Path(path)
    origin = Origin.of(path, root, dataset)
    return Manifest(_utterances(path, origin))


def write_emobox(manifest: Manifest, path: str | os.PathLike) -> None:
    """JSONL of EmoBox, with our other columns as keys that EmoBox passes over.

    Args:
        manifest: Utterances whose sounds can be read.
        path: File to write.

    Raises:
        AudioError: if a sound cannot be read.
    """
    write_json_lines(pathlib.Path(path), [_record(one) for one in manifest])


def _utterances(path: pathlib.Path, origin: Origin) -> Iterator[Utterance]:
    for number, record in read_json_lines(path):
        where = f"{path}:{number}"
        if record.get("type", "raw") != "raw":
            raise CorpusError(
                f"{where}: type {record['type']!r} holds features, not a sound. Take "
                "the list of the sounds."
            )
        if "key" not in record:
            raise CorpusError(f"{where}: no `key`. Name every utterance.")
        yield utterance_of(where, str(record["key"]), record, origin)


def _record(one: Utterance) -> dict:
    header = header_of(one)
    extra = {name: getattr(one, name) for name in EXTRA if getattr(one, name)}
    return {
        "key": one.key,
        "dataset": one.dataset,
        "wav": one.path,
        "type": "raw",
        "sample_rate": header.sample_rate,
        "num_frame": header.frames,
        "task": "category",
        "length": header.seconds,
        "emo": one.label,
        "channel": header.channels,
        **extra,
    }

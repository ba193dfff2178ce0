"""lhotse's recording and supervision manifests of a corpus."""

from __future__ import annotations

import os
import pathlib
from typing import Any

from satn_keras.corpora.exchange.headers import Header, header_of
from satn_keras.corpora.exchange.json_lines import read_json_lines, write_json_lines
from satn_keras.corpora.exchange.origin import Origin
from satn_keras.corpora.exchange.records import utterance_of
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import CorpusError

RECORDINGS, SUPERVISIONS = "recordings.jsonl.gz", "supervisions.jsonl.gz"
CUSTOM = ("emotion", "dataset", "session", "sentence", "style")
TOLERANCE = 0.01  # seconds: durations are rounded, in lhotse and by those who write


def read_lhotse(
    path: str | os.PathLike, root: str | os.PathLike | None = None, dataset: str = ""
) -> Manifest:
    """Manifest of a folder with recordings and supervisions of lhotse.

    The label is the custom field `emotion`; `dataset`, `session`, `sentence` and
    `style` are custom fields too. A supervision must span its recording.

    Args:
        path: Folder with one *recordings*.jsonl and one *supervisions*.jsonl, packed
            or not.
        root: Where relative sources start; the current folder in lhotse, the folder
            itself when absent.
        dataset: Corpus of supervisions that name none.

    Raises:
        CorpusError: if a file is missing or there are several, a supervision has no
            recording or is a part of it, or a source is no file.

    References:
        lhotse, docs/corpus.rst, lhotse/supervision.py, lhotse/audio/recording.py.
    """
    folder = pathlib.Path(path)
    table = _only(folder, "supervisions")
    recordings = {
        str(record.get("id")): (f"{file}:{number}", record)
        for file in [_only(folder, "recordings")]
        for number, record in read_json_lines(file)
    }
    origin = Origin.of(folder / "x", root, dataset)
    return Manifest(
        _utterance(f"{table}:{number}", record, recordings, origin)
        for number, record in read_json_lines(table)
    )


def write_lhotse(manifest: Manifest, path: str | os.PathLike) -> None:
    """Folder with `recordings.jsonl.gz` and `supervisions.jsonl.gz`.

    Args:
        manifest: Utterances whose sounds can be read.
        path: Folder to fill.

    Raises:
        AudioError: if a sound cannot be read.
    """
    headers = [header_of(one) for one in manifest]
    pairs = list(zip(manifest, headers, strict=True))
    folder = pathlib.Path(path)
    write_json_lines(folder / RECORDINGS, [_recording(*pair) for pair in pairs])
    write_json_lines(folder / SUPERVISIONS, [_supervision(*pair) for pair in pairs])


def _only(folder: pathlib.Path, kind: str) -> pathlib.Path:
    found = sorted(
        path
        for path in folder.glob(f"*{kind}*.jsonl*")
        if path.name.endswith((".jsonl", ".jsonl.gz"))
    )
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CorpusError(
            f"{folder}: must hold one *{kind}*.jsonl or .jsonl.gz. Found: {names}. "
            "Give the folder of one corpus."
        )
    return found[0]


def _utterance(
    where: str, record: dict[str, Any], recordings: dict, origin: Origin
) -> Utterance:
    name = str(record.get("recording_id"))
    if name not in recordings:
        raise CorpusError(f"{where}: no recording {name!r}. Get both files anew.")
    place, recording = recordings[name]
    _refuse_part(where, record, recording)
    custom = record.get("custom") or {}
    if not isinstance(custom, dict):
        raise CorpusError(
            f"{where}: `custom` must be an object. Received: {custom!r}. Get both "
            "files anew."
        )
    return utterance_of(
        where,
        str(record.get("id")),
        {
            **{key: custom.get(key) for key in CUSTOM},
            **{key: record.get(key) for key in ("text", "language", "speaker")},
            "gender": record.get("gender"),
            "path": _source(place, recording),
        },
        origin,
    )


def _refuse_part(where: str, record: dict, recording: dict) -> None:
    start, duration = _seconds(where, record, "start"), _seconds(where, record)
    whole = _seconds(where, recording)
    if start > TOLERANCE or abs(duration - whole) > TOLERANCE:
        raise CorpusError(
            f"{where}: spans {start} to {start + duration} s of a recording of {whole} "
            "s, and an utterance is a whole file. Cut the sounds first "
            "(CutSet.save_audios)."
        )


def _seconds(where: str, record: dict, name: str = "duration") -> float:
    value = record.get(name, 0.0)
    if not isinstance(value, (int, float)):
        raise CorpusError(
            f"{where}: `{name}` must be a number of seconds. Received: {value!r}. Get "
            "both files anew."
        )
    return value


def _source(where: str, recording: dict) -> str:
    sources = recording.get("sources") or [{}]
    if not isinstance(sources, list) or not all(
        isinstance(source, dict) for source in sources
    ):
        raise CorpusError(
            f"{where}: `sources` must be a list of objects. Received: {sources!r}."
        )
    if len(sources) != 1 or sources[0].get("type") != "file":
        kinds = ", ".join(str(source.get("type")) for source in sources)
        raise CorpusError(
            f"{where}: must have one source of the type file. Received: {kinds}. Save "
            "the sounds to files first."
        )
    return str(sources[0].get("source") or "")


def _recording(one: Utterance, header: Header) -> dict:
    channels = list(range(header.channels))
    return {
        "id": one.key,
        "sources": [{"type": "file", "channels": channels, "source": one.path}],
        "sampling_rate": header.sample_rate,
        "num_samples": header.frames,
        "duration": header.seconds,
        "channel_ids": channels,
    }


def _supervision(one: Utterance, header: Header) -> dict:
    several = header.channels > 1
    named = ("text", "language", "speaker", "gender")
    custom = {
        "emotion": one.label,
        **{name: getattr(one, name) for name in CUSTOM[1:]},
    }
    return {
        "id": one.key,
        "recording_id": one.key,
        "start": 0.0,
        "duration": header.seconds,
        "channel": list(range(header.channels)) if several else 0,
        **{name: getattr(one, name) for name in named if getattr(one, name)},
        "custom": {name: value for name, value in custom.items() if value},
    }

"""Headers that promise more samples than their file holds."""

from __future__ import annotations

import os
import re

import soundfile

# libsndfile repairs a wrong length without an error, and keeps a log of it.
_REPAIRED = {
    name: re.compile(rf"^ *{what} *: (\d+) \(should be (\d+)\)", re.MULTILINE)
    for name, what in {
        "WAV": "data",
        "WAVEX": "data",
        "AIFF": "SSND",
        "AU": "Data Size",
        "W64": "riff",
        "RF64": "Riff size",
    }.items()
}
_OGG_ENDS = "ended unexpectedly"
# Written by programs that did not know the length when they began, such as a pipe.
_UNKNOWN = 0x7FFFF000
_SPHERE_SAMPLES = re.compile(rb"^sample_count -i (\d+)", re.MULTILINE)


def promised_more(file: soundfile.SoundFile, path: str | os.PathLike) -> str:
    """What the header promises beyond what is there, "" if it keeps its word.

    The formats are WAV, AIFF, AU, W64, RF64, NIST SPHERE and OGG. FLAC tells by its
    decoding; the headers of MP3 files only estimate.

    Args:
        file: Open file.
        path: Its path.
    """
    if file.format == "NIST":
        return _sphere(file, path)
    if file.format == "OGG":
        return "its last page is missing" if _OGG_ENDS in file.extra_info else ""
    pattern = _REPAIRED.get(file.format)
    match = pattern.search(file.extra_info) if pattern else None
    if match is None:
        return ""
    promised, there = map(int, match.groups())
    if not there < promised < _UNKNOWN:
        return ""
    return f"{there} of {promised} bytes are there"


def _sphere(file: soundfile.SoundFile, path: str | os.PathLike) -> str:
    with open(path, "rb") as stream:
        match = _SPHERE_SAMPLES.search(stream.read(1024))
    promised = int(match[1]) if match else 0
    if promised <= file.frames:
        return ""
    return f"{file.frames} of {promised} samples are there"

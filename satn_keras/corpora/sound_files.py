"""Sound files of a published folder, by name."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Collection, Iterator

from satn_keras.errors import CorpusError

ENDINGS = (".wav", ".flac")


def sounds_below(
    root: str | os.PathLike,
    layout: str,
    endings: Collection[str] = ENDINGS,
    name_of: Callable[[pathlib.Path], str] = lambda path: path.stem,
) -> dict[str, pathlib.Path]:
    """Sound file of each name below a folder, in the names' order.

    Names with a first point are passed over: archives packed on a Mac have a
    "._a.wav" beside each "a.wav". Links to folders are followed, each folder once.

    Args:
        root: Folder to walk.
        layout: What should be there, for the message.
        endings: Of sound files, in lower case.
        name_of: Name of a file; the file's own without its ending when absent.

    Returns:
        Absolute path of each file by its name.

    Raises:
        CorpusError: if there is no such folder, no sound in it, or two files have
            the same name.
    """
    found: dict[str, pathlib.Path] = {}
    for path in _walk(pathlib.Path(root), layout, endings):
        name = name_of(path)
        if name in found:
            raise CorpusError(
                f"{path}: a file of this name is also in {found[name].parent}. "
                "Some copies of corpora hold everything twice: give the folder of "
                "one copy."
            )
        found[name] = path
    if not found:
        raise CorpusError(
            f"{root}: no sound file ({', '.join(endings)}). {layout} Check the path "
            "of the corpus."
        )
    return dict(sorted(found.items()))


def require(path: pathlib.Path, layout: str) -> pathlib.Path:
    """The path, if something is there.

    Raises:
        CorpusError: saying what should be there.
    """
    if not path.exists():
        raise CorpusError(f"{path}: missing. {layout} Check the path of the corpus.")
    return path


def _walk(
    root: pathlib.Path, layout: str, endings: Collection[str]
) -> Iterator[pathlib.Path]:
    if not root.is_dir():
        raise CorpusError(f"{root}: no such folder. {layout} Check the path.")
    seen = {os.path.realpath(root)}  # parts of a corpus may be links to other disks
    for folder, below, names in os.walk(os.path.abspath(root), followlinks=True):
        below[:] = [
            name
            for name in sorted(below)
            if not name.startswith(".") and _is_new(os.path.join(folder, name), seen)
        ]
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if not name.startswith(".") and path.suffix.lower() in endings:
                yield path


def _is_new(folder: str, seen: set[str]) -> bool:
    """Whether a folder was not seen by any path; it is now."""
    place = os.path.realpath(folder)
    before = len(seen)
    seen.add(place)
    return len(seen) > before

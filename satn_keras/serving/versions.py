"""Versions of one model on disk and in memory: found, loaded, swapped, dropped."""

from __future__ import annotations

import dataclasses
import pathlib
import threading
from collections.abc import Callable, Mapping

from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.export.versions import versions
from satn_keras.serving.refusals import Refusal, malformed

LATEST, ALL = "latest", "all"


@dataclasses.dataclass(frozen=True)
class Policy:
    """Which versions are served: the latest `count`, or the `numbers`.

    Attributes:
        count: of the latest; None for all.
        numbers: that are served whatever else there is; they come before `count`.
    """

    count: int | None = 1
    numbers: tuple[int, ...] = ()

    @classmethod
    def parse(cls, words: str) -> Policy:
        """Policy of "latest", "latest:2", "all" or "1,2".

        Raises:
            ConfigError: if the words are none of these.
        """
        head, _, tail = words.partition(":")
        try:
            if words == ALL:
                return cls(None)
            if head == LATEST:
                return cls(_positive(tail or "1"))
            return cls(numbers=tuple(sorted({int(word) for word in words.split(",")})))
        except ValueError as error:
            raise ConfigError(
                f"versions: must be {LATEST}, {LATEST}:N, {ALL} or numbers as 1,2. "
                f"Received: {words!r}."
            ) from error

    def choose(self, found: list[int]) -> list[int]:
        """Those of the sorted versions that are served."""
        if self.numbers:
            return [number for number in found if number in self.numbers]
        return found if self.count is None else found[-self.count :]


def _positive(word):
    number = int(word)
    if number < 1:
        raise ValueError
    return number


class ModelVersions:
    """Served versions of one model, which follow what its folder holds.

    A new version is loaded and warmed before an old one is let go; who holds a
    version that was let go may use it to the end. A version that does not load is
    passed over until its files change, and the others stay.

    Args:
        name: under which it is asked for.
        folder: whose numbered folders are the versions.
        load: makes what is served of a version's folder.
        policy: which versions.
        labels: numbers of versions by label.
    """

    def __init__(
        self,
        name: str,
        folder: pathlib.Path,
        load: Callable[[pathlib.Path], object],
        policy: Policy | None = None,
        labels: Mapping[str, int] | None = None,
    ):
        self.name = name
        self.folder = folder
        self.labels = dict(labels or {})
        self._load = load
        self._policy = policy or Policy()
        self._serving = {}  # number -> what was loaded; replaced whole, never changed
        self._stamps = {}  # number -> sizes and times of the files it was loaded from
        self._states = {}  # number -> (state, error message)
        self._failed = {}  # number -> stamp of the files that did not load
        self._refreshing = threading.Lock()

    @property
    def numbers(self) -> list[int]:
        """Versions that are served, sorted."""
        return sorted(self._serving)

    def refresh(self) -> None:
        """Look at the folder, load what is new and let go what is no longer wanted."""
        with self._refreshing:
            stamps = {
                number: _stamp(self.folder / str(number))
                for number in versions(self.folder)
            }
            served = dict(self._serving)
            while missing := self._missing(stamps, served):
                self._take(missing, stamps[missing], served)
            good = sorted(set(served) & set(stamps))
            kept = self._policy.choose(good)
            if kept:  # a folder that was emptied takes nothing away
                served = {number: served[number] for number in kept}
            for number in set(self._serving) - set(served):
                self._states[number] = ("END", "")
            self._serving = served

    def find(self, version: int | None = None, label: str | None = None):
        """What was loaded of a version, by number or label; of the latest if neither.

        Raises:
            Refusal: 404 or 400, if it is not served.
        """
        serving = self._serving
        if label is not None:
            if self.labels.get(label) not in serving:
                raise malformed(f"Unrecognized servable version label: {label}.")
            return serving[self.labels[label]]
        wanted = max(serving, default=None) if version is None else version
        if wanted not in serving:
            which = "Latest" if version is None else "Specific"
            after = "" if version is None else f", {version}"
            raise Refusal(
                404,
                f"Servable not found for request: {which}({self.name}{after}). Served: "
                f"{', '.join(map(str, sorted(serving))) or 'none yet'}.",
            )
        return serving[wanted]

    def states(self) -> dict[int, tuple[str, str]]:
        """State and error message of each version known, the latest first."""
        return dict(sorted(self._states.copy().items(), reverse=True))

    def _missing(self, stamps, served):
        """First wanted version that is not loaded as it is; None where all are.

        A version that failed as it is steps back for the one before it.
        """
        sound = [n for n in sorted(stamps) if self._failed.get(n) != stamps[n]]
        for number in self._policy.choose(sound):
            if number not in served or self._stamps.get(number) != stamps[number]:
                return number
        return None

    def _take(self, number, stamp, served):
        """Load the version into `served`; one that fails keeps what was served."""
        if number not in served:
            self._states[number] = ("LOADING", "")
        try:
            served[number] = self._load(self.folder / str(number))
        except ArtifactError as error:
            self._failed[number] = stamp
            if number not in served:
                self._states[number] = ("END", str(error))
            return
        # Served before the next is loaded: the first of several need not wait.
        self._serving = {**self._serving, number: served[number]}
        self._stamps[number] = stamp
        self._states[number] = ("AVAILABLE", "")


def _stamp(folder):
    """Sizes and times of the files of a version; None where one is going away."""
    try:
        return tuple(
            (str(path.relative_to(folder)), found.st_size, found.st_mtime_ns)
            for path in sorted(folder.rglob("*"))
            if (found := path.stat())
        )
    except OSError:
        return None

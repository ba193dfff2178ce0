"""Signs of life of a search's workers, in the folder that all of them see."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import platform
import threading
import time
from collections.abc import Callable, Iterator

from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import replace_text

EVERY = 5.0  # seconds


@contextlib.contextmanager
def signs_of_life(
    folder: pathlib.Path, worker: str, every: float = EVERY
) -> Iterator[None]:
    """While the block runs, `<folder>/<worker>.json` changes again and again.

    Args:
        folder: of the signs.
        worker: whose.
        every: seconds from one sign to the next.

    Raises:
        ConfigError: if another process gives signs under this name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, ended = folder / f"{worker}.json", threading.Event()
    _claim(path, every)

    def tell() -> None:
        beat = 0
        while True:
            sign = {"host": platform.node(), "process": os.getpid(), "beat": beat}
            with contextlib.suppress(OSError):  # a full disk shows where it matters
                replace_text(path, json.dumps(sign))
            if ended.wait(every):
                return
            beat += 1

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        path.unlink(missing_ok=True)


def _claim(path: pathlib.Path, every: float) -> None:
    """Make a worker's file; one that is there is taken over if it stays as it is."""
    try:
        path.touch(exist_ok=False)
        return
    except FileExistsError:
        before = _read(path)
    end = time.monotonic() + 2 * every
    while time.monotonic() < end:
        time.sleep(every / 10)
        if _read(path) not in (before, ""):
            raise ConfigError(
                f"--worker {path.stem}: another process of this search has this name, "
                f"and lives ({path}). Choose another for each worker."
            )


def _read(path: pathlib.Path) -> str:
    """What a worker's file says; nothing where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


class Watch:
    """Which workers have shown no sign for a while.

    A sign is that a file has changed, seen by one clock: those of two machines may
    differ.

    Args:
        folder: of the signs.
        patience: seconds without a sign.
        clock: seconds.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.folder = folder
        self.patience = patience
        self.clock = clock
        self._seen: dict[str, tuple[str, float]] = {}

    def silent(self, workers) -> list[str]:
        """Those of `workers` without a sign for longer than the patience."""
        now = self.clock()
        for worker in workers:
            sign = _read(self.folder / f"{worker}.json")
            if worker not in self._seen or self._seen[worker][0] != sign:
                self._seen[worker] = sign, now
        return [each for each in workers if now - self._seen[each][1] > self.patience]

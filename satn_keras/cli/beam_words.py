"""What the commands that run a Beam pipeline share."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence

DEFAULT_RUNNER = "DirectRunner"
RUNNER_HELP = "Beam runner: DirectRunner (this machine), FlinkRunner, SparkRunner, …"
SHARDS_HELP = "Files to write; one for every thousand, 16 at least, when absent."


def split_at_options(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words before the first option, and Beam's options from there on.

    Example:
        >>> split_at_options(["a.csv", "seed=2", "--direct_num_workers", "2"])
        (['a.csv', 'seed=2'], ['--direct_num_workers', '2'])
    """
    for place, word in enumerate(words):
        if word.startswith("--"):
            return list(words[:place]), list(words[place:])
    return list(words), []


@contextlib.contextmanager
def quiet_beam() -> Iterator[None]:
    """Beam's own log kept off standard error; its failures become one line."""
    loggers = [logging.getLogger(), logging.getLogger("apache_beam")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)

"""Another try after a wait that doubles, for what may pass by itself."""

from __future__ import annotations

import dataclasses
import itertools
import random
import time
from collections.abc import Callable

from satn_keras.errors import ServingError


class Passing(Exception):  # noqa: N818, an errand between two modules
    """Failure that another try may not meet.

    Args:
        error: what the user is told if no try is left.
        wait_seconds: that the server asked for; None if it did not.
    """

    def __init__(self, error: ServingError, wait_seconds: float | None = None):
        super().__init__(str(error))
        self.error = error
        self.wait_seconds = wait_seconds


@dataclasses.dataclass(frozen=True)
class Backoff:
    """How often, and how long after, a call is tried again.

    Attributes:
        retries: tries after the first.
        first_seconds: before the first of them; doubled for each that follows.
        longest_seconds: bound of one wait, also of one that the server asks for.
    """

    retries: int = 5
    first_seconds: float = 0.1
    longest_seconds: float = 5.0

    def call(self, function: Callable, sleep: Callable[[float], None] = time.sleep):
        """Result of `function`, called again while it raises `Passing`.

        Raises:
            ServingError: of the last try.
        """
        for number in itertools.count():
            try:
                return function()
            except Passing as passing:
                if number == self.retries:
                    raise passing.error from passing
                sleep(self.seconds(number, passing.wait_seconds))

    def seconds(self, number: int, asked: float | None = None) -> float:
        """Wait before try `number` + 1: half of it certain, half drawn.

        Drawn, so that clients which failed together do not come back together.
        """
        wait = min(self.first_seconds * 2**number, self.longest_seconds)
        wait = max(wait, min(asked or 0.0, self.longest_seconds))
        return wait * (0.5 + 0.5 * random.random())

"""Tries again: how often, and after which waits."""

import pytest

from satn_keras.errors import ServingError
from satn_keras.serving.backoff import Backoff, Passing


def failing(times, wait=None):
    """Function that fails so many times, and then answers how often it was asked."""
    asked = []

    def function():
        asked.append(0)
        if len(asked) <= times:
            raise Passing(ServingError(f"failure {len(asked)}"), wait)
        return len(asked)

    return function


def test_a_failure_that_passes_is_not_seen():
    waits = []
    assert Backoff(retries=3).call(failing(3), waits.append) == 4
    assert len(waits) == 3


def test_the_last_failure_is_told_when_no_try_is_left():
    with pytest.raises(ServingError, match="^failure 4$"):
        Backoff(retries=3).call(failing(4), lambda seconds: None)


def test_waits_double_to_their_bound_and_half_of_each_is_drawn():
    backoff = Backoff(first_seconds=1, longest_seconds=5)
    for number, longest in enumerate([1, 2, 4, 5, 5]):
        drawn = [backoff.seconds(number) for _ in range(50)]
        assert longest / 2 <= min(drawn) < max(drawn) <= longest


def test_a_wait_that_the_server_asks_for_is_kept_within_the_bound():
    backoff = Backoff(first_seconds=0.1, longest_seconds=5)
    assert 1.5 <= backoff.seconds(0, 3) <= 3
    assert 2.5 <= backoff.seconds(0, 3600) <= 5


def test_other_errors_are_not_tried_again():
    asked = []

    def function():
        asked.append(0)
        raise ServingError("wrong")

    with pytest.raises(ServingError, match="wrong"):
        Backoff().call(function)
    assert len(asked) == 1

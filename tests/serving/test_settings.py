"""Bounds of the server, and what is no bound."""

import pytest

from satn_keras.serving.settings import Settings


@pytest.mark.parametrize(
    "bad", [{"max_rows": 0}, {"answer_seconds": 0.0}, {"max_seconds": float("nan")}]
)
def test_a_bound_must_be_above_zero(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=f"`{name}` must be above 0"):
        Settings(**bad)


def test_a_batch_need_not_wait():
    assert Settings(batch_seconds=0.0).batch_seconds == 0.0

"""The recipe's batch is that of all replicas together."""

import pytest

from satn_keras.distribution.batch_sizes import batches_line, describe_batches
from satn_keras.distribution.roles import Role
from satn_keras.errors import ConfigError


@pytest.mark.parametrize("rows, each", [(8, 2), (7, 2), (5, 2), (4, 1)])
def test_a_replica_has_its_share_of_the_recipe_s_batch(rows, each):
    described = describe_batches(rows, Role(worker=1, workers=2, replicas=4))
    expected = {"workers": 2, "replicas": 4, "global_batch": rows}
    assert described == {**expected, "replica_batch": each}


def test_a_batch_smaller_than_the_replicas_is_refused():
    with pytest.raises(ConfigError, match="batch_size 3 is smaller than the 4 repl"):
        describe_batches(3, Role(0, 1, 4))


def test_the_console_says_both_batches_and_that_the_rate_is_the_recipe_s():
    line = batches_line(describe_batches(32, Role(0, 2, 4)), 0.0001)
    assert line == (
        "batch: 32 rows, 8 on each of 4 replicas (2 workers); learning rate 0.0001 "
        "as in the recipe"
    )


def test_a_batch_that_does_not_divide_says_so():
    line = batches_line(describe_batches(7, Role(0, 1, 2)), 1.0)
    assert "7 rows, 4 or fewer on each of 2 replicas (1 worker)" in line

"""Batches: who shares a run, who waits, and who is refused."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from satn_keras.serving.batching import Batcher
from satn_keras.serving.refusals import Refusal, malformed
from satn_keras.serving.settings import Settings


class Model:
    """Answers rows with their sums; notes each batch; may be held back."""

    def __init__(self):
        self.batches = []
        self.free = threading.Event()
        self.free.set()

    def __call__(self, rows):
        self.batches.append([len(row) for row in rows])
        assert self.free.wait(60)
        if any(-1 in row for row in rows):
            raise malformed("no negative numbers")
        return {"sum": np.asarray([sum(row) for row in rows])}


@contextlib.contextmanager
def batcher(model, **settings):
    with ThreadPoolExecutor(2) as executor:
        settings = Settings(**{"batch_seconds": 0, **settings})
        yield Batcher(model, len, executor, asyncio.Semaphore(1), settings)


async def while_busy(model, batches, *requests):
    """Answers or errors of requests that all came while the model was busy."""
    model.free.clear()
    first = asyncio.create_task(batches.submit([[7]]))
    while not model.batches:
        await asyncio.sleep(0.001)
    tasks = [asyncio.create_task(batches.submit(rows)) for rows in requests]
    await asyncio.sleep(0.01)
    model.free.set()
    assert (await first)["sum"].tolist() == [7]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return [
        each if isinstance(each, Exception) else each["sum"].tolist() for each in found
    ]


def test_requests_that_came_while_the_model_was_busy_share_its_next_run():
    model = Model()
    with batcher(model) as batches:
        found = asyncio.run(
            while_busy(model, batches, [[1, 2], [3]], [[4, 5]], [[6], [1], [2]])
        )
    assert found == [[3, 3], [9], [6, 1, 2]]
    assert model.batches == [[1], [2, 1, 2, 1, 1, 1]]


def test_a_batch_has_its_bound_but_a_request_is_never_split():
    model = Model()
    with batcher(model, max_batch=3) as batches:
        found = asyncio.run(while_busy(model, batches, [[1]] * 2, [[1]] * 2, [[1]] * 5))
    assert found == [[1, 1], [1, 1], [1] * 5]
    assert [len(batch) for batch in model.batches] == [1, 2, 2, 5]


def test_short_rows_do_not_share_a_run_with_one_that_would_pad_them_too_much():
    # Beside 20 ones, two rows of one sample make 60 of which 22 are true.
    model = Model()
    with batcher(model) as batches:
        asyncio.run(while_busy(model, batches, [[1]], [[1]], [[1] * 20]))
    assert model.batches == [[1], [1, 1], [20]]


def test_whose_rows_are_at_fault_is_told_and_the_others_are_answered():
    model = Model()
    with batcher(model) as batches:
        found = asyncio.run(while_busy(model, batches, [[1]], [[-1]], [[2]]))
    assert [found[0], found[2]] == [[1], [2]]
    assert found[1].status == 400 and str(found[1]) == "no negative numbers"


def test_a_full_queue_refuses_and_takes_again_once_it_is_empty():
    model = Model()

    async def ask(batches):
        found = await while_busy(model, batches, [[1]] * 3, [[2]] * 2, [[3]])
        return found, (await batches.submit([[4]]))["sum"].tolist()

    with batcher(model, max_waiting=4) as batches:
        found, after = asyncio.run(ask(batches))
    assert [found[0], found[2], after] == [[1, 1, 1], [3], [4]]
    assert found[1].status == 503
    assert "(3 of 4 utterances wait)" in str(found[1])


def test_who_was_told_that_time_is_up_is_not_run():
    model = Model()

    async def ask(batches):
        model.free.clear()
        first = asyncio.create_task(batches.submit([[7]]))
        while not model.batches:
            await asyncio.sleep(0.001)
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            await asyncio.wait_for(batches.submit([[1, 1]]), 0.01)
        model.free.set()
        await first
        return (await batches.submit([[5]]))["sum"].tolist()

    with batcher(model) as batches:
        assert asyncio.run(ask(batches)) == [5]
    assert model.batches == [[1], [1]]


def test_a_batch_waits_for_more_until_it_is_full():
    model = Model()

    async def ask(batches):
        return await asyncio.gather(*(batches.submit([[n]]) for n in range(3)))

    with batcher(model, batch_seconds=60, max_batch=3) as batches:
        asyncio.run(ask(batches))
    assert model.batches == [[1, 1, 1]]


def test_a_fault_of_the_model_reaches_everyone_and_stops_nobody():
    def broken(rows):
        raise ZeroDivisionError

    async def ask(batches):
        for _ in "12":
            with pytest.raises(ZeroDivisionError):
                await batches.submit([[1]])

    with batcher(broken) as batches:
        asyncio.run(ask(batches))


def test_refusals_are_lines():
    assert str(Refusal(503, "Try again later.")) == "Try again later."

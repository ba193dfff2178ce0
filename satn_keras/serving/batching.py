"""Rows of several requests answered by one run of the model.

Requests that arrive while the model is busy wait together and share the next run.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np

from satn_keras.serving.refusals import Refusal
from satn_keras.serving.settings import Settings

Answer = Callable[[list], dict[str, np.ndarray]]
WASTE = 2  # a padded batch may be this many times its true samples


@dataclasses.dataclass
class Waiting:
    """Request that waits for its batch."""

    rows: Sequence
    future: asyncio.Future
    born: float  # on the loop's clock


class Batcher:
    """Batches of the rows that requests bring.

    Args:
        answer: outputs, batch axis first, of a list of rows; runs in the executor.
        size: samples of a row, for the padding's share.
        executor: whose threads run the model.
        slots: as many permits as runs of the model may go at once.
        settings: bounds of batch, wait and queue.
        observe: told the rows of each batch.
    """

    def __init__(
        self,
        answer: Answer,
        size: Callable[[object], int],
        executor: Executor,
        slots: asyncio.Semaphore,
        settings: Settings,
        observe: Callable[[int], None] = lambda rows: None,
    ):
        self._answer = answer
        self._size = size
        self._executor = executor
        self._slots = slots
        self._settings = settings
        self._observe = observe
        self._queue = deque()
        self._gatherer = None
        self._running = set()
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Rows that wait for a batch."""
        return sum(len(item.rows) for item in self._queue)

    async def submit(self, rows: Sequence) -> dict[str, np.ndarray]:
        """Outputs of the rows.

        Raises:
            Refusal: 503 if too many rows wait; or as the model refuses these rows.
        """
        if self._queue and self.waiting + len(rows) > self._settings.max_waiting:
            raise Refusal(
                503,
                f"The batching queue is full ({self.waiting} of "
                f"{self._settings.max_waiting} utterances wait). Try again later.",
            )
        loop = asyncio.get_running_loop()
        item = Waiting(rows, loop.create_future(), loop.time())
        self._queue.append(item)
        self._arrived.set()
        if self._gatherer is None:
            self._gatherer = loop.create_task(self._gather())
        return await item.future

    async def _gather(self):
        """Start batches until nobody waits."""
        try:
            while self._queue:
                await self._slots.acquire()
                await self._let_fill()
                batch = self._take()
                if not batch:
                    self._slots.release()
                    continue
                task = asyncio.create_task(self._finish(batch))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        finally:
            self._gatherer = None

    async def _let_fill(self):
        loop = asyncio.get_running_loop()
        until = self._queue[0].born + self._settings.batch_seconds
        while self.waiting < self._settings.max_batch and loop.time() < until:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), until - loop.time())
            except (asyncio.TimeoutError, TimeoutError):
                return

    def _take(self):
        """Requests from the front of the queue that may share a run."""
        batch, longest, true, rows = [], 0, 0, 0
        while self._queue:
            item = self._queue[0]
            if item.future.done():  # its client was told that time is up
                self._queue.popleft()
                continue
            sizes = [max(1, self._size(row)) for row in item.rows]
            longest = max(longest, *sizes)
            true += sum(sizes)
            rows += len(sizes)
            wasteful = rows * longest > WASTE * true
            if batch and (rows > self._settings.max_batch or wasteful):
                break
            batch.append(self._queue.popleft())
        return batch

    async def _finish(self, batch):
        try:
            await self._run(batch)
        except Refusal:
            # One request's rows may be at fault: each is told what is its own.
            for item in batch:
                await self._run_alone(item)
        except Exception as error:
            for item in batch:
                _fail(item, error)
        finally:
            self._slots.release()

    async def _run_alone(self, item):
        try:
            await self._run([item])
        except Exception as error:
            _fail(item, error)

    async def _run(self, batch):
        rows = [row for item in batch for row in item.rows]
        self._observe(len(rows))
        loop = asyncio.get_running_loop()
        outputs = await loop.run_in_executor(self._executor, self._answer, rows)
        first = 0
        for item in batch:
            last = first + len(item.rows)
            if not item.future.done():
                item.future.set_result(
                    {name: value[first:last] for name, value in outputs.items()}
                )
            first = last


def _fail(item, error):
    if not item.future.done():
        item.future.set_exception(error)

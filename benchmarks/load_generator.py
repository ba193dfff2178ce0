"""Bounded load on a model server of this machine, by keep-alive connections.

Each connection sends its next request when it has its answer. Every answer is held
against the one that the same sound got alone.
"""

import asyncio
import dataclasses
import json
import pathlib
import re
import statistics
import time
import urllib.parse

import numpy as np
import orjson

TOLERANCE = 1e-4  # of a probability, between alone and padded beside others


def make_bodies(seconds, kinds=7, sample_rate=16000):
    """JSON bodies of noise bursts, from `seconds` down to half of it."""
    random = np.random.default_rng(5)
    for kind in range(kinds):
        samples = round(seconds * sample_rate * (1 - kind / (2 * kinds)))
        sound = 0.1 * random.standard_normal(samples).astype("float32")
        yield orjson.dumps({"instances": [sound]}, option=orjson.OPT_SERIALIZE_NUMPY)


def resident_bytes(pid):
    """Memory that a process holds."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


@dataclasses.dataclass
class Load:
    """What a load met: seconds of each answered request, and faults by kind."""

    wall_seconds: float
    seconds: list
    faults: dict

    def row(self):
        """Requests a second, and percentiles of the time of one in milliseconds."""
        cuts = statistics.quantiles(self.seconds, n=100, method="inclusive")
        return {
            "requests": len(self.seconds),
            "per_second": len(self.seconds) / self.wall_seconds,
            **{f"p{p}_ms": 1000 * cuts[p - 1] for p in (50, 95, 99)},
            "faults": sum(self.faults.values()),
        }


class Connection:
    """One keep-alive connection that posts JSON."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path
        self.reader = self.writer = None

    async def post(self, body):
        """Status and JSON of the answer."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                self.host, self.port, limit=2**20
            )
        head = f"POST {self.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}"
        self.writer.write(f"{head}\r\n\r\n".encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"content-length: (\d+)", head, re.I).group(1))
        return int(head.split()[1]), json.loads(await self.reader.readexactly(length))

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def expected_answers(url, bodies):
    """Probabilities of each body, asked alone."""
    connection = Connection(url)
    found = [probabilities(*await connection.post(body)) for body in bodies]
    connection.close()
    return found


def probabilities(status, answer):
    """Probabilities in an answer; None where there are none."""
    if status != 200:
        return None
    return np.asarray(answer["predictions"][0]["probabilities"])


async def run_load(url, bodies, expected, requests, concurrency):
    """Load of so many requests over so many connections."""
    numbers = iter(range(requests))
    load = Load(0.0, [], {})

    async def work():
        connection = Connection(url)
        for number in numbers:
            which = number % len(bodies)
            start = time.perf_counter()
            fault = await _try(connection, bodies[which], expected[which])
            load.seconds.append(time.perf_counter() - start)
            if fault:
                load.faults[fault] = load.faults.get(fault, 0) + 1
        connection.close()

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(concurrency)))
    load.wall_seconds = time.perf_counter() - start
    return load


async def _try(connection, body, expected):
    """Kind of the fault; None if the answer is right."""
    try:
        status, answer = await connection.post(body)
    except (OSError, asyncio.IncompleteReadError) as error:
        connection.close()
        return type(error).__name__
    found = probabilities(status, answer)
    if found is None:
        return f"status {status}"
    return None if np.abs(found - expected).max() <= TOLERANCE else "wrong answer"

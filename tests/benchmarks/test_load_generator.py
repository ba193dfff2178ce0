"""The load generator sees wrong answers, refusals and lost connections."""

import asyncio

import numpy as np
import orjson
import pytest

from benchmarks.load_generator import Load, make_bodies, run_load


async def answering(*answers):
    """Faults of a load on a server that gives the answers in turn; None hangs up."""
    left = list(answers)

    async def serve(reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
            await reader.readexactly(length)
            answer = left.pop(0)
            if answer is None:
                break
            body = orjson.dumps({"predictions": [{"probabilities": [answer]}]})
            status = b"503" if answer < 0 else b"200"
            size = str(len(body)).encode()
            writer.write(
                b"HTTP/1.1 %s x\r\nContent-Length: %s\r\n\r\n" % (status, size)
            )
            writer.write(body)
            if not left:
                break
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bodies, expected = [b"{}"], [np.array([0.5])]
    url = f"http://127.0.0.1:{port}/x"
    load = await run_load(url, bodies, expected, len(answers), concurrency=1)
    server.close()
    await server.wait_closed()
    return load


def test_every_kind_of_fault_is_counted():
    load = asyncio.run(answering(0.5, 0.4, -1, None, 0.50001))
    assert load.faults == {
        "wrong answer": 1,
        "status 503": 1,
        "IncompleteReadError": 1,
    }
    assert load.row()["requests"] == 5 and load.row()["faults"] == 3


def test_percentiles_are_in_milliseconds():
    row = Load(2.0, [n / 1000 for n in range(101)], {}).row()
    assert row["per_second"] == 50.5
    assert [row[f"p{p}_ms"] for p in (50, 95, 99)] == pytest.approx([50, 95, 99])


def test_the_bodies_are_of_several_lengths():
    rows = [orjson.loads(body)["instances"][0] for body in make_bodies(0.1)]
    assert len(rows[0]) == 1600 and len(rows[-1]) == 914  # 1600 (1 - 6/14)
    assert len({len(row) for row in rows}) == 7

"""Processes of this machine that train together, as on several machines."""

import json
import os
import pathlib
import socket
import subprocess
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parents[2]


class Answer(NamedTuple):
    """What a worker left behind."""

    code: int
    out: str
    err: str


def free_ports(count):
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run_workers(*commands, seconds=900):
    """Answers of processes that are the workers of one cluster, the chief first.

    Args:
        *commands: what follows `python` for each worker.
        seconds: after which a worker that hangs is killed.
    """
    addresses = [f"127.0.0.1:{port}" for port in free_ports(len(commands))]
    started = []
    for index, command in enumerate(commands):
        config = {
            "cluster": {"worker": addresses},
            "task": {"type": "worker", "index": index},
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={
                **os.environ,
                "TF_CONFIG": json.dumps(config),
                "CUDA_VISIBLE_DEVICES": "-1",
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
    try:
        said = [process.communicate(timeout=seconds) for process in started]
    finally:
        for process in started:
            process.kill()
    return [
        Answer(process.returncode, *texts)
        for process, texts in zip(started, said, strict=True)
    ]

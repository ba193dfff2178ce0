"""A server in a process of its own: under load, swapped, killed, and stopped."""

import json
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest

from satn_keras.errors import ServingError
from satn_keras.serving.backoff import Backoff
from satn_keras.serving.client import Client
from tests.support.mean_model import save_mean_model
from tests.support.server_process import server_process

PATIENT = Backoff(retries=400, first_seconds=0.05, longest_seconds=0.25)


@pytest.fixture(scope="module")
def server(mean_models, tmp_path_factory):
    """Process with small bounds, whose folder of versions the tests may change."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(mean_models / "1", folder / "mean" / "1")
    options = ("--poll-seconds", 0.1, "--body-timeout", 3, "--max-megabytes", 1)
    with server_process(folder, "mean", *options) as process:
        process.folder = folder
        yield process


@pytest.fixture(scope="module")
def spare(tmp_path_factory):
    """Folder with version 2 of the model, to be moved where it is served."""
    return save_mean_model(tmp_path_factory.mktemp("spare"), 2)


def sounds():
    """Waveforms of known means, of many lengths."""
    return [
        np.full(size, mean, "float32")
        for size, mean in zip((160, 1600, 16000), (0.25, 0.5, 0.75), strict=True)
    ]


class Asking:
    """Clients in threads that ask until they are stopped; notes wrong answers."""

    def __init__(self, url, threads=3):
        self.url = url
        self.stopped = threading.Event()
        self.versions, self.wrong, self.asked = [], [], 0
        self.pool = ThreadPoolExecutor(threads)
        self.threads = threads

    def __enter__(self):
        self.work = [self.pool.submit(self._ask) for _ in range(self.threads)]
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for each in self.work:
            each.result(timeout=120)
        self.pool.shutdown()

    def _ask(self):
        with Client(self.url, "mean", backoff=PATIENT) as client:
            while not self.stopped.is_set():
                found = client.predict(sounds())
                if [round(each.score, 4) for each in found] != [0.25, 0.5, 0.75]:
                    self.wrong.append(found)
                labels = {each.label for each in found}
                version = found[0].probabilities[1]
                if labels != {f"v{version:.0f}"}:  # all of one answer by one version
                    self.wrong.append(found)
                self.versions.append(version)
                self.asked += 1


def test_versions_are_swapped_under_load_with_no_wrong_answer(server, spare):
    with Asking(server.url) as asking:
        server.wait_for(lambda: asking.asked > 5)
        shutil.copytree(spare, server.folder / "half")
        (server.folder / "half").rename(server.folder / "mean" / "2")
        server.wait_for(lambda: 2.0 in asking.versions)
        begun = asking.asked
        server.wait_for(lambda: asking.asked > begun + 5)
        shutil.rmtree(server.folder / "mean" / "2")
        server.wait_for(lambda: asking.versions[-1] == 1.0)
    assert asking.wrong == []
    assert set(asking.versions) == {1.0, 2.0}


@pytest.mark.slow
def test_a_server_killed_and_started_again_under_load_loses_no_answer(server):
    with Asking(server.url) as asking:
        server.wait_for(lambda: asking.asked > 5)
        server.kill()
        server.start()
        begun = asking.asked
        server.wait_for(lambda: asking.asked > begun + 5)
    assert asking.wrong == []


def exchange(server, *parts):
    """What a raw client reads after it has sent the parts."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        for part in parts:
            client.sendall(part)
        found = b""
        while chunk := client.recv(65536):
            found += chunk
        return found.decode()


HEAD = b"POST /v1/models/mean:predict HTTP/1.1\r\nHost: x\r\n"


def test_a_body_that_does_not_come_is_a_408(server):
    answer = exchange(server, HEAD + b"Content-Length: 100\r\n\r\n", b'{"instances')
    assert answer.startswith("HTTP/1.1 408 ")
    assert "did not arrive within 3 s." in answer


def test_a_huge_body_is_a_413_that_its_client_can_read(server):
    for head in ({}, {"Expect": "100-continue"}):
        answer = httpx.post(
            f"{server.url}/v1/models/mean:predict",
            content=b" " * 30_000_000,
            headers=head,
            timeout=120,
            trust_env=False,
        )
        assert answer.status_code == 413
        assert "A request may have 1048576 bytes." in answer.json()["error"]


def test_an_endless_body_ends_after_its_time(server):
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = exchange(server, head, b"100000\r\n" + b" " * 2**20 + b"\r\n1\r\n \r\n")
    assert answer.startswith("HTTP/1.1 413 ")


def test_what_is_not_http_is_refused_and_the_server_lives(server):
    assert exchange(server, b"\x16\x03\x01\x02\x00 hello\r\n\r\n").startswith(
        "HTTP/1.1 400 "
    )
    with Client(server.url, "mean") as client:
        assert [each.score for each in client.predict(sounds()[:1])] == [0.25]


def test_the_process_s_memory_and_the_time_of_answers_are_among_the_metrics(server):
    assert server.metric("process_resident_memory_bytes") > 2**20
    assert server.metric("satn_request_seconds_count") > 0


# The last one, for it leaves no server behind.
def test_a_stop_finishes_what_has_begun_and_takes_nothing_more(server):
    body = json.dumps({"signature_name": "busy", "inputs": 1500})
    url = f"{server.url}/v1/models/mean:predict"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx.post, url, content=body, timeout=120, trust_env=False)
        server.wait_for(lambda: server.metric("satn_requests_in_flight") == 1)
        code, errors = server.stop()
        assert asked.result().json() == {"outputs": 300.0}
    assert code == 0 and "Traceback" not in errors
    once = Client(server.url, "mean", backoff=Backoff(retries=0))
    with once, pytest.raises(ServingError, match=r"no answer \(.*refused.*\)"):
        once.predict(sounds())

"""Clients that open a connection and say nothing, or too little."""

import contextlib
import socket
import threading

import pytest
import uvicorn

from satn_keras.serving.header_timeout import with_header_timeout


async def hello(scope, receive, send):
    """Application that greets."""
    await receive()
    head = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture(scope="module")
def port():
    listener = socket.create_server(("127.0.0.1", 0))
    protocol = with_header_timeout(0.5)
    config = uvicorn.Config(hello, http=protocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # not in the main thread
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


def read_all(client):
    found = b""
    while chunk := client.recv(4096):
        found += chunk
    return found


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_who_sends_no_whole_request_is_hung_up_on(port, said):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(said)
        assert read_all(client) == b""  # and does not time out


def test_a_second_request_has_the_same_time(port):
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(whole)
        assert client.recv(4096)
        client.sendall(whole[:9])
        assert b"HTTP/1.1 200" not in read_all(client)


def test_a_whole_request_is_answered(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert read_all(client).endswith(b"hello")

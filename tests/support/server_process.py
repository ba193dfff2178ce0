"""A process of `satn serve`, as a shell starts it."""

import contextlib
import signal
import subprocess
import sys
import time

import httpx


class ServerProcess:
    """Process that serves the model `name` below `folder`.

    Attributes:
        url: of the server, once started.
        port: the same one whenever it is started again.
    """

    def __init__(self, folder, name, *options):
        self.words = [sys.executable, "-m", "satn_keras", "serve", name]
        self.words += ["--folder", str(folder), *map(str, options)]
        self.port = 0
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [*self.words, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.url = line.split("/v1/")[0]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self):
        """End at once, as a lost machine does."""
        self.process.kill()
        self._close()

    def ask_to_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Exit code and what was written to standard error, after SIGTERM."""
        self.ask_to_stop()
        return self._close()

    def _close(self):
        _, errors = self.process.communicate(timeout=120)
        code, self.process = self.process.returncode, None
        return code, errors

    def metric(self, name):
        """Value of a metric without labels."""
        lines = httpx.get(f"{self.url}/metrics", trust_env=False).text.splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(name)))

    def wait_for(self, condition, seconds=120):
        """Until `condition()` holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)


@contextlib.contextmanager
def server_process(folder, name, *options):
    """Started process, ended whatever happens."""
    server = ServerProcess(folder, name, *options)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None:
            server.kill()

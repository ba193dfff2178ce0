"""What a process is to a search: alone, its chief, or one of its workers."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator, Mapping

from satn_keras.errors import ConfigError

# What KerasTuner reads.
TUNER, HOST, PORT = (
    "KERASTUNER_TUNER_ID",
    "KERASTUNER_ORACLE_IP",
    "KERASTUNER_ORACLE_PORT",
)
CHIEF = "chief"


@dataclasses.dataclass(frozen=True)
class Role:
    """Place of a process in a search.

    Args:
        name: "chief", a worker's name, or "" for a search in one process.
        host: where the chief listens.
        port: where the chief listens.
    """

    name: str = ""
    host: str = ""
    port: int = 0

    @property
    def is_chief(self) -> bool:
        """Whether it hands out trials and runs none."""
        return self.name == CHIEF

    @property
    def is_worker(self) -> bool:
        """Whether it asks a chief for trials."""
        return bool(self.name) and not self.is_chief

    @property
    def address(self) -> str:
        """Host and port as a user writes them."""
        return f"{self.host}:{self.port}"

    @contextlib.contextmanager
    def environment(self) -> Iterator[None]:
        """The variables that tell KerasTuner of the role, put back afterwards."""
        wanted = {}
        if self.name:
            wanted = {TUNER: self.name, HOST: self.host, PORT: str(self.port)}
        before = {name: os.environ.pop(name, None) for name in (TUNER, HOST, PORT)}
        os.environ.update(wanted)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def make_role(
    chief: str | None = None,
    worker: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Role:
    """Role from the command line, or else from KerasTuner's own variables.

    Args:
        chief: "HOST:PORT" of the chief.
        worker: name of this worker; the chief itself when absent.
        environment: of the process.

    Raises:
        ConfigError: if an address or a name is none.

    Example:
        >>> make_role("10.0.0.5:8000", "gpu-1", {})
        Role(name='gpu-1', host='10.0.0.5', port=8000)
        >>> make_role("10.0.0.5:8000", None, {}).is_chief
        True
    """
    if chief is None:
        if worker is not None:
            raise ConfigError(
                "--worker: say where the chief listens, with --chief HOST:PORT."
            )
        if HOST not in environment:
            return Role()
        chief = f"{environment[HOST]}:{environment.get(PORT, '')}"
        worker = environment.get(TUNER, CHIEF)
        worker = None if worker == CHIEF else worker
    host, _, port = chief.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(
            f"--chief must be HOST:PORT, such as 10.0.0.5:8000. Received: {chief!r}."
        )
    if worker is not None and (not worker or CHIEF in worker or "/" in worker):
        raise ConfigError(
            f"--worker: a name without a slash and without {CHIEF!r}, another for each "
            f"worker. Received: {worker!r}."
        )
    return Role(CHIEF if worker is None else worker, host, int(port))

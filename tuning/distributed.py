"""A chief that serves KerasTuner's oracle to workers, and outlives those who die."""

from __future__ import annotations

import contextlib
import pathlib
import time
from collections.abc import Callable, Iterator
from concurrent import futures

import grpc
from keras_tuner.src import protos
from keras_tuner.src.distribute import oracle_chief, oracle_client

from satn_keras.errors import ConfigError
from satn_keras.tuning.roles import Role
from satn_keras.tuning.signs_of_life import Watch

SIGNS = "workers"  # folder of the signs of life
TICK = 0.5  # seconds
ANSWER_WITHIN = 600  # seconds that a worker waits for its chief


def serve(
    oracle,
    role: Role,
    folder: pathlib.Path,
    lost_after: float,
    tell: Callable[[str], None],
    news: Callable[[], None],
) -> None:
    """Hand out trials until the search is over and every worker knows it.

    KerasTuner's own chief waits for ever for a worker that has died. This one takes
    back the trial of a worker that shows no sign of life, and gives it to the next
    that asks.

    Args:
        oracle: of the search.
        role: where to listen.
        folder: of the search.
        lost_after: seconds without a sign of life.
        tell: called with a line where a worker is lost.
        news: called every moment, to tell of trials that have ended.

    Raises:
        ConfigError: if the address cannot be listened on.
    """
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    servicer = oracle_chief.OracleServicer(oracle)
    protos.get_service_grpc().add_OracleServicer_to_server(servicer, server)
    _listen(server, role)
    tell(f"chief: listening on {role.address}; start workers there")
    watch = Watch(folder / SIGNS, lost_after)
    server.start()
    try:
        while not (servicer.stop_triggered and oracle.is_over()):
            time.sleep(TICK)
            news()
            for worker in watch.silent(sorted(oracle.tuner_ids)):
                trial = oracle.give_up(worker)
                left = "it had no trial" if trial is None else f"trial {trial} is free"
                tell(f"chief: no sign of worker {worker} for {lost_after:g} s; {left}")
        news()
    finally:
        server.stop(grace=1).wait()


@contextlib.contextmanager
def patient_client(role: Role) -> Iterator[None]:
    """Worker whose chief must answer within minutes, and says so where it does not.

    Raises:
        ConfigError: if the chief does not answer.
    """
    before, oracle_client.TIMEOUT = oracle_client.TIMEOUT, ANSWER_WITHIN
    try:
        yield
    except grpc.RpcError as error:
        raise ConfigError(
            f"--chief {role.address}: the chief does not answer ({_reason(error)}). "
            "Start it with the same command without --worker; this worker's finished "
            "trainings are kept."
        ) from error
    finally:
        oracle_client.TIMEOUT = before


def _listen(server, role: Role) -> None:
    try:
        port = server.add_insecure_port(role.address)
    except RuntimeError as error:
        raise _no_address(role) from error
    if not port:  # how older versions of gRPC say it
        raise _no_address(role)


def _no_address(role: Role) -> ConfigError:
    return ConfigError(
        f"--chief {role.address}: cannot listen there. Give an address of this "
        "machine and a free port."
    )


def _reason(error: grpc.RpcError) -> str:
    code = getattr(error, "code", lambda: None)()
    return getattr(code, "name", None) or type(error).__name__

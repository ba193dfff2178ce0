"""`satn serve`: an exported model over HTTP, in TensorFlow Serving's protocol."""

import os
import pathlib

import typer

from satn_keras.cli.quiet import load_tensorflow
from satn_keras.errors import ConfigError

KEY_VARIABLE = "SATN_API_KEY"


def serve(
    name: str = typer.Argument(help="Model to serve, a folder below --folder."),
    folder: pathlib.Path = typer.Option(
        pathlib.Path("saved_models"),
        help="Holds NAME/VERSION; models that come with the package need none.",
    ),
    host: str = typer.Option("127.0.0.1", help="Address; 0.0.0.0 for every one."),
    port: int = typer.Option(8501, min=0, max=65535, help="0 takes any free one."),
    versions: str = typer.Option(
        "latest", help="Which are served: latest, latest:N, all, or numbers: 1,2."
    ),
    label: list[str] = typer.Option(
        [], help="Name of a version, such as stable=1; may be given several times."
    ),
    max_batch: int = typer.Option(
        32, min=1, help="Utterances in a run; 1: no batches."
    ),
    batch_milliseconds: float = typer.Option(
        2.0, min=0, help="A batch's longest wait."
    ),
    max_waiting: int = typer.Option(256, min=1, help="Utterances that may wait."),
    max_requests: int = typer.Option(64, min=1, help="Requests at once."),
    max_megabytes: float = typer.Option(32.0, min=0.001, help="Of a request's body."),
    max_rows: int = typer.Option(64, min=1, help="Utterances in a request."),
    max_seconds: float = typer.Option(600.0, min=0.01, help="Of an utterance."),
    timeout: float = typer.Option(60.0, min=0.01, help="Seconds for an answer."),
    body_timeout: float = typer.Option(30.0, min=0.01, help="Seconds for a body."),
    drain: float = typer.Option(30.0, min=1, help="Seconds to finish after SIGTERM."),
    threads: int = typer.Option(None, min=1, help="Runs at once; half the cores."),
    poll_seconds: float = typer.Option(
        2.0, min=0.01, help="Between looks for versions."
    ),
    api_key_file: pathlib.Path = typer.Option(
        None, help=f"Holds the key that clients must show; or set {KEY_VARIABLE}."
    ),
) -> None:
    """Serve a model by TensorFlow Serving's REST protocol, with Prometheus metrics.

    New versions in the folder are taken up, warmed and swapped in while requests run;
    SIGTERM ends what has begun and stops.
    """
    labels = dict(map(_label, label))
    key = _key(api_key_file)
    load_tensorflow()
    _check_extra()
    from satn_keras.experiments.presets import exported_model
    from satn_keras.serving.server import serve as run
    from satn_keras.serving.service import ModelService
    from satn_keras.serving.settings import Settings
    from satn_keras.serving.versions import Policy

    chosen = {} if threads is None else {"threads": threads}
    settings = Settings(
        max_body_bytes=round(max_megabytes * 2**20),
        max_rows=max_rows,
        max_seconds=max_seconds,
        body_seconds=body_timeout,
        answer_seconds=timeout,
        drain_seconds=drain,
        max_requests=max_requests,
        max_batch=max_batch,
        batch_seconds=batch_milliseconds / 1000,
        max_waiting=max_waiting,
        poll_seconds=poll_seconds,
        api_key=key,
        **chosen,
    )
    base = folder / name
    base = base if base.exists() else exported_model(name)
    service = ModelService(name, base, settings, Policy.parse(versions), labels)

    def ready(address):
        numbers = ", ".join(map(str, service.versions.numbers))
        typer.echo(f"{address}/v1/models/{name}: versions {numbers}")

    run(service, host, port, ready)


def _label(words):
    name, _, number = words.partition("=")
    if not name or not number.isdecimal():
        raise ConfigError(
            f"--label: must be a name and a version, such as stable=1. Received: "
            f"{words!r}."
        )
    return name, int(number)


def _key(path):
    key = os.environ.get(KEY_VARIABLE) if path is None else _text(path)
    if key is not None and not key.strip():
        raise ConfigError(
            f"{path or KEY_VARIABLE}: the API key must not be empty. Write it there, "
            "or ask for none."
        )
    return key and key.strip()


def _text(path):
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: the API key must be text in UTF-8. Write it anew."
        ) from error


def _check_extra():
    try:
        import fastapi  # noqa: F401
        import orjson  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"satn serve needs {error.name}: pip install 'satn-keras[serve]'"
        ) from error

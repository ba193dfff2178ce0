"""`satn demo`: a page in the browser to try a model on."""

import pathlib
import signal
import threading

import typer

from satn_keras.cli.quiet import load_tensorflow


def demo(
    model: pathlib.Path = typer.Argument(
        None,
        help="Exported model: a NAME folder, one version of it, or the name of a model "
        "that comes with the package; satn-nemo when absent.",
    ),
    port: int = typer.Option(7860, help="Of the page; 0 takes a free one."),
    host: str = typer.Option(
        "127.0.0.1", help="Address to listen on; 0.0.0.0 lets other machines in."
    ),
    max_seconds: float = typer.Option(60, help="Longest sound that is taken."),
) -> None:
    """Serve a page that shows what a model hears in a recording; no network needed."""
    load_tensorflow()
    from satn_keras.demo.served_page import Place, served_page
    from satn_keras.experiments.presets import exported_model
    from satn_keras.export import Recognizer

    place, folder = Place(host, port), exported_model(model)
    stopped = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    try:
        with served_page(Recognizer(folder), place, max_seconds) as address:
            typer.echo(f"Open {address} (Ctrl-C stops it)")
            stopped.wait()
    except KeyboardInterrupt:
        typer.echo("stopped")  # the usual end
    finally:
        signal.signal(signal.SIGTERM, before)

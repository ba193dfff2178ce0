"""`satn convert`: a manifest to the form of another toolkit, or back."""

import enum
import pathlib

import typer

from satn_keras.errors import ConfigError


class Form(str, enum.Enum):
    """Forms that a manifest can take."""

    manifest = "manifest"
    emobox = "emobox"
    audformat = "audformat"
    lhotse = "lhotse"
    speechbrain = "speechbrain"


def convert(
    source: pathlib.Path = typer.Argument(
        metavar="IN", help="File to read; for lhotse and audformat a folder."
    ),
    target: pathlib.Path = typer.Argument(
        metavar="OUT", help="File to write; for lhotse and audformat a folder."
    ),
    read_as: Form = typer.Option(Form.manifest, "--from", help="What IN is."),
    write_as: Form = typer.Option(Form.manifest, "--to", help="What OUT shall be."),
    root: pathlib.Path = typer.Option(
        None,
        help="Where relative sound paths of IN start; its own folder when absent.",
    ),
    dataset: str = typer.Option(
        "",
        help="Corpus of what names none; names of its files tell speakers where IN "
        "does not.",
    ),
) -> None:
    """Convert a manifest to a form of another toolkit, or back.

    Those of EmoBox and SpeechBrain are a JSONL and a JSON file; lhotse is a folder of
    recordings and supervisions, audformat one of db.yaml and tables.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise ConfigError(f"{target}: IN would be replaced. Choose another OUT.")
    manifest = _read(source, read_as, root, dataset)
    _write(manifest, target, write_as)
    typer.echo(
        f"{target}: {len(manifest)} utterances, {len(manifest.speakers)} speakers, "
        f"{len(manifest.labels)} classes"
    )


def _read(source, form, root, dataset):
    from satn_keras.corpora import Manifest, exchange

    if form is not Form.manifest:
        return getattr(exchange, f"read_{form.value}")(source, root, dataset)
    for name, value in (("--root", root), ("--dataset", dataset)):
        if value:
            raise ConfigError(f"{name}: a manifest has no such option. Leave it out.")
    return Manifest.read(source)


def _write(manifest, target, form):
    from satn_keras.corpora import exchange

    if form is Form.manifest:
        manifest.write(target)
        return
    folder = form in (Form.lhotse, Form.audformat)
    if target.exists() and target.is_dir() is not folder:
        kind = "a folder" if folder else "a file"
        raise ConfigError(f"{target}: --to {form.value} needs {kind}. Choose another.")
    getattr(exchange, f"write_{form.value}")(manifest, target)

"""`satn prepare`: a corpus folder to a manifest."""

import os
import pathlib

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.errors import CorpusError, ManifestError

CORPORA = ("nemo", "table", "synthetic")


def prepare(
    corpus: str = typer.Argument(help=f"One of: {', '.join(CORPORA)}."),
    root: pathlib.Path = typer.Argument(
        help="Folder of the corpus; a table file; for `synthetic` the folder to fill."
    ),
    out: pathlib.Path = typer.Option(
        ..., help="Manifest to write: .csv, .tsv, .jsonl, .jsonl.gz or .parquet."
    ),
    seed: int = typer.Option(1, help="Of the synthetic corpus."),
    sentences: int = typer.Option(40, help="Sentences of the synthetic corpus."),
    speakers: int = typer.Option(8, help="Voices of the synthetic corpus."),
) -> None:
    """Turn a corpus folder into a manifest of utterances."""
    _check_out(out)
    if corpus == "synthetic":
        manifest = _synthesize(root, seed, sentences, speakers)
    else:
        manifest = _reader(corpus)(root)
    manifest.write(out)
    typer.echo(
        f"{out}: {len(manifest)} utterances, {len(manifest.speakers)} speakers, "
        f"{len([label for label in manifest.labels if label])} classes"
    )


def _check_out(out):
    """Refuse a manifest that could not be written, before hours of work."""
    from satn_keras.corpora.tables import TABLE_ENDINGS, table_ending

    if table_ending(out) is None:
        raise ManifestError(
            f"{out}: a manifest's name must end in one of {', '.join(TABLE_ENDINGS)}. "
            "Choose another name."
        )
    if out.is_dir():
        raise ManifestError(f"{out}: is a folder. Give the name of a file.")
    folder = next(parent for parent in out.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise ManifestError(
            f"{folder}: must be a folder that can be written. Choose another place."
        )


def _reader(corpus):
    from satn_keras import corpora

    if corpus not in corpora.CORPORA:
        raise CorpusError(
            f"{corpus!r}: no such corpus. Known: {', '.join(CORPORA)}; any CSV with "
            "the columns path and speaker is a `table`."
        )
    return corpora.CORPORA[corpus]


def _synthesize(root, seed, sentences, speakers):
    from satn_keras.corpora import (
        SENTENCES,
        SYNTHETIC_VOICES,
        random_sentences,
        synthesize_corpus,
    )

    if not 3 <= speakers <= len(SYNTHETIC_VOICES):
        raise CorpusError(
            f"--speakers: must be from 3 to {len(SYNTHETIC_VOICES)}, since one "
            f"validates and one is tested. Received: {speakers}."
        )
    if sentences < 1:
        raise CorpusError(f"--sentences: must be at least 1. Received: {sentences}.")
    texts = list(SENTENCES[:sentences])
    texts += random_sentences(sentences - len(texts), seed=seed)
    with progress_bar("speaking") as progress:
        return synthesize_corpus(
            root,
            seed=seed,
            speakers=SYNTHETIC_VOICES[:speakers],
            texts=texts,
            progress=progress,
        )

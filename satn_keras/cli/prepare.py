"""`satn prepare`: a corpus folder to a manifest."""

import inspect
import os
import pathlib
import warnings

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.errors import CorpusError, ManifestError

CORPORA = ("iemocap", "nemo", "table", "synthetic")
# Options that only some corpora have, by the argument of the reader.
OPTIONS = {"style": "--style", "merge_excited": "--merge-excited, --keep-excited"}


def prepare(
    corpus: str = typer.Argument(help=f"One of: {', '.join(CORPORA)}."),
    root: pathlib.Path = typer.Argument(
        help="Folder of the corpus; a table file; for `synthetic` the folder to fill."
    ),
    out: pathlib.Path = typer.Option(
        ..., help="Manifest to write: .csv, .tsv, .jsonl, .jsonl.gz or .parquet."
    ),
    classes: str = typer.Option(
        None, help="Labels to keep, separated by commas; every utterance when absent."
    ),
    with_words: bool = typer.Option(
        False,
        "--with-words",
        help="Leave out utterances without a word in their text, such as [LAUGHTER].",
    ),
    style: str = typer.Option(
        None, help="Of iemocap: all (when absent), improvised or scripted turns."
    ),
    merge_excited: bool = typer.Option(
        None,
        "--merge-excited/--keep-excited",
        help="Of iemocap: label excited turns happy (when absent), or excited.",
    ),
    seed: int = typer.Option(1, help="Of the synthetic corpus."),
    sentences: int = typer.Option(40, help="Sentences of the synthetic corpus."),
    speakers: int = typer.Option(8, help="Voices of the synthetic corpus."),
) -> None:
    """Turn a corpus folder into a manifest of utterances."""
    _check_out(out)
    wanted = _class_names(classes)
    given = {"style": style, "merge_excited": merge_excited}
    given = {name: value for name, value in given.items() if value is not None}
    if corpus == "synthetic":
        _check_options(corpus, _synthesize, given)
        manifest = _synthesize(root, seed, sentences, speakers)
    else:
        manifest = _read(corpus, root, given, wanted)
    manifest = _selected(manifest, wanted, with_words)
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


def _class_names(classes):
    if classes is None:
        return None
    names = [name.strip() for name in classes.split(",")]
    if not all(names):
        raise CorpusError(
            "--classes: must be labels with commas between them, such as angry,sad. "
            f"Received: {classes!r}."
        )
    return names


def _check_options(corpus, reader, given):
    """Refuse options that this corpus has no use for."""
    known = inspect.signature(reader).parameters
    for name in given:
        if name not in known:
            raise CorpusError(
                f"{OPTIONS[name]}: the corpus {corpus!r} has no such option. "
                "Leave it out."
            )


def _read(corpus, root, given, classes):
    """What the reader reads, its warnings as notes on standard error."""
    from satn_keras import corpora

    if corpus not in corpora.CORPORA:
        raise CorpusError(
            f"{corpus!r}: no such corpus. Known: {', '.join(CORPORA)}; any CSV with "
            "the columns path and speaker is a `table`."
        )
    reader = corpora.CORPORA[corpus]
    _check_options(corpus, reader, given)
    if classes and "classes" in inspect.signature(reader).parameters:
        given = {**given, "classes": classes}  # it knows more to say of a wrong name
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        manifest = reader(root, **given)
    for warning in caught:
        typer.echo(f"satn: note: {warning.message}", err=True)
    return manifest


def _selected(manifest, classes, with_words):
    from satn_keras.corpora import Manifest, keep_classes
    from satn_keras.phonemes.text import words_of

    if classes:
        manifest = keep_classes(manifest, classes)
    if not with_words:
        return manifest
    spoken = Manifest(one for one in manifest if words_of(one.text))
    if len(spoken) < len(manifest):
        typer.echo(
            f"satn: note: {len(manifest) - len(spoken)} utterances without a word are "
            "left out",
            err=True,
        )
    return spoken


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

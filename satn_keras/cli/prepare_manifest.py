"""What `satn prepare` does to make a manifest: reading, joining and selecting."""

import inspect
import os
import warnings

import typer

from satn_keras.cli.progress import progress_bar
from satn_keras.errors import CorpusError, ManifestError

CORPORA = (
    "crema-d",
    "emodb",
    "emovo",
    "esd",
    "iemocap",
    "meld",
    "nemo",
    "ravdess",
    "savee",
    "shemo",
    "tess",
    "urdu",
    "an4",
    "common-voice",
    "librispeech",
    "ljspeech",
    "table",
    "synthetic",
)
# Options that only some corpora have, by the argument of the reader.
OPTIONS = {
    "style": "--style",
    "merge_excited": "--merge-excited, --keep-excited",
    "labels": "--labels",
    "part": "--part",
    "converted": "--converted",
}


def check_out(out):
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


def read_corpus(corpus, root, options, classes):
    """What the reader of `corpus` reads, its warnings as notes on standard error."""
    from satn_keras import corpora

    if corpus not in corpora.CORPORA:
        raise CorpusError(
            f"{corpus!r}: no such corpus. Known: {', '.join(CORPORA)}; any CSV with "
            "the columns path and speaker is a `table`."
        )
    reader = corpora.CORPORA[corpus]
    given = {name: value for name, value in options.items() if value is not None}
    known = inspect.signature(reader).parameters
    for name in given:
        if name not in known:
            raise CorpusError(
                f"{OPTIONS[name]}: the corpus {corpus!r} has no such option. "
                "Leave it out."
            )
    plain = _plain_names(classes)
    if plain and "classes" in known:
        given["classes"] = plain  # it knows more to say of a wrong name
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        manifest = reader(root, **given)
    for warning in caught:
        typer.echo(f"satn: note: {warning.message}", err=True)
    return manifest


def join(paths):
    """One manifest of several corpora."""
    from satn_keras.corpora import Manifest, join_manifests

    return join_manifests([Manifest.read(path) for path in paths])


def select(manifest, classes, with_words):
    """The utterances of some classes, or with words, as asked."""
    from satn_keras.corpora import Manifest
    from satn_keras.phonemes.text import words_of

    if classes is not None:
        manifest = _classes(classes).keep(manifest)
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


def synthesize(root, seed, sentences, speakers):
    """Manifest of a synthetic corpus, which is spoken into `root`."""
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


def _classes(text):
    from satn_keras.corpora import read_classes

    if not all(name.strip() for name in text.split(",")):
        raise CorpusError(
            "--classes: must be labels with commas between them, such as angry,sad. "
            f"Received: {text!r}."
        )
    return read_classes(text)


def _plain_names(classes):
    """Labels of a list without merges, None of another class set."""
    if classes is None:
        return None
    wanted = _classes(classes)
    merged = any(labels != (name,) for name, labels in wanted.labels.items())
    return None if wanted.name or merged else list(wanted.names)

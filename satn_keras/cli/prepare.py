"""`satn prepare`: a corpus folder to a manifest, a manifest to features."""

import inspect
import os
import pathlib
import warnings

import typer

from satn_keras.cli.beam_words import RUNNER_HELP, SHARDS_HELP
from satn_keras.cli.prepare_features import FeatureOptions, prepare_features
from satn_keras.cli.progress import progress_bar
from satn_keras.errors import ConfigError, CorpusError, ManifestError

CORPORA = ("iemocap", "nemo", "table", "synthetic")
# Options that only some corpora have, by the argument of the reader.
OPTIONS = {"style": "--style", "merge_excited": "--merge-excited, --keep-excited"}


def prepare(
    corpus: str = typer.Argument(
        None,
        help=f"One of: {', '.join(CORPORA)}. With --features a manifest; those of the "
        "recipe when absent.",
    ),
    root: str = typer.Argument(
        None,
        help="Folder of the corpus; a table file; for `synthetic` the folder to fill.",
    ),
    more: list[str] = typer.Argument(
        None,
        metavar="[KEY=VALUE]... [-- BEAM OPTIONS]",
        help="With --features: settings that change the recipe's, options of Beam.",
    ),
    out: pathlib.Path = typer.Option(
        None, help="Manifest to write: .csv, .tsv, .jsonl, .jsonl.gz or .parquet."
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
    features: pathlib.Path = typer.Option(
        None, help="Folder to fill with features of a manifest, as sharded TFRecords."
    ),
    recipe: pathlib.Path = typer.Option(
        None, help="With --features: YAML file whose features are prepared."
    ),
    runner: str = typer.Option(None, help=f"With --features: {RUNNER_HELP}"),
    shards: int = typer.Option(None, help=f"With --features: {SHARDS_HELP}"),
    skip_bad: bool = typer.Option(
        False,
        "--skip-bad",
        help="With --features: leave out files that cannot be read, and list them.",
    ),
) -> None:
    """Turn a corpus folder into a manifest, or a manifest into sharded features.

    CORPUS ROOT --out MANIFEST does the first, [MANIFEST] --features FOLDER --recipe
    RECIPE the second.
    """
    of_manifest = {
        "--out": out,
        "--classes": classes,
        "--with-words": with_words or None,
        OPTIONS["style"]: style,
        OPTIONS["merge_excited"]: merge_excited,
    }
    of_features = {
        "--recipe": recipe,
        "--runner": runner,
        "--shards": shards,
        "--skip-bad": skip_bad or None,
    }
    words = [word for word in (corpus, root, *(more or ())) if word is not None]
    if features is not None:
        _refuse(of_manifest, "makes a manifest, which --features reads")
        options = FeatureOptions(features, recipe, runner, shards, skip_bad)
        prepare_features(words, options)
        return
    _refuse(of_features, "belongs to --features, which is absent")
    if len(words) != 2 or out is None:
        raise ConfigError(
            "satn prepare: takes CORPUS ROOT --out MANIFEST, or [MANIFEST] --features "
            f"FOLDER --recipe RECIPE. Received: {' '.join(words) or 'nothing'}."
        )
    _check_out(out)
    root = pathlib.Path(root)
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


def _refuse(options, reason):
    for name, value in options.items():
        if value is not None:
            raise ConfigError(f"{name}: {reason}. Leave it out.")


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

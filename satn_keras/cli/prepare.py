"""`satn prepare`: a corpus folder to a manifest, a manifest to features."""

import pathlib

import typer

from satn_keras.cli.beam_words import RUNNER_HELP, SHARDS_HELP
from satn_keras.cli.prepare_features import FeatureOptions, prepare_features
from satn_keras.cli.prepare_manifest import (
    CORPORA,
    OPTIONS,
    check_out,
    join,
    read_corpus,
    select,
    synthesize,
)
from satn_keras.errors import ConfigError


def prepare(
    corpus: str = typer.Argument(
        None,
        help=f"One of: {', '.join(CORPORA)} (see `satn corpora`). With --join the "
        "first manifest; with --features a manifest, those of the recipe when absent.",
    ),
    root: str = typer.Argument(
        None,
        help="Folder of the corpus; a table file; for `synthetic` the folder to fill; "
        "with --join the second manifest.",
    ),
    more: list[str] = typer.Argument(
        None,
        metavar="[KEY=VALUE]... [-- BEAM OPTIONS]",
        help="With --features: settings that change the recipe's, options of Beam. "
        "With --join: more manifests.",
    ),
    out: pathlib.Path = typer.Option(
        None, help="Manifest to write: .csv, .tsv, .jsonl, .jsonl.gz or .parquet."
    ),
    classes: str = typer.Option(
        None,
        help="Labels to keep, separated by commas, merged where one is such as "
        "happy=happy+excited; or a named set such as common-4. Every utterance when "
        "absent.",
    ),
    with_words: bool = typer.Option(
        False,
        "--with-words",
        help="Leave out utterances without a word in their text, such as [LAUGHTER].",
    ),
    style: str = typer.Option(
        None,
        help="Of iemocap: all (when absent), improvised or scripted turns; of ravdess: "
        "all, speech or song.",
    ),
    merge_excited: bool = typer.Option(
        None,
        "--merge-excited/--keep-excited",
        help="Of iemocap: label excited turns happy (when absent), or excited.",
    ),
    labels: str = typer.Option(
        None,
        help="Of crema-d: acted (when absent), or the crowd's vote by voice, face or "
        "multimodal.",
    ),
    part: str = typer.Option(
        None, help="Of common-voice: table to read, validated when absent."
    ),
    converted: pathlib.Path = typer.Option(
        None, help="Of an4: folder for WAV copies of sounds without a header (.raw)."
    ),
    joined: bool = typer.Option(
        False,
        "--join",
        help="Join manifests: those named. Equal names of two corpora stay apart.",
    ),
    seed: int = typer.Option(1, help="Of the synthetic corpus."),
    sentences: int = typer.Option(40, help="Sentences of the synthetic corpus."),
    speakers: int = typer.Option(8, help="Voices of the synthetic corpus."),
    features: pathlib.Path = typer.Option(
        None, help="Folder to fill with features of a manifest, as sharded TFRecords."
    ),
    recipe: str = typer.Option(
        None,
        help="With --features: YAML file, or name of a recipe of the package, whose "
        "features are prepared.",
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
    RECIPE the second, --join MANIFEST MANIFEST ... --out MANIFEST joins corpora.
    """
    given = {
        "style": style,
        "merge_excited": merge_excited,
        "labels": labels,
        "part": part,
        "converted": converted,
    }
    of_corpus = {OPTIONS[name]: value for name, value in given.items()}
    of_manifest = {
        "--out": out,
        "--classes": classes,
        "--with-words": with_words or None,
        "--join": joined or None,
        **of_corpus,
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
    if len(words) < 2 or (len(words) > 2 and not joined) or out is None:
        raise ConfigError(
            "satn prepare: takes CORPUS ROOT --out MANIFEST, or [MANIFEST] --features "
            "FOLDER --recipe RECIPE, or --join MANIFEST MANIFEST ... --out MANIFEST. "
            f"Received: {' '.join(words) or 'nothing'}."
        )
    check_out(out)
    if joined:
        _refuse(of_corpus, "is of a corpus; --join reads manifests")
        manifest = join(words)
    elif corpus == "synthetic":
        _refuse(of_corpus, "the corpus 'synthetic' has no such option")
        manifest = synthesize(pathlib.Path(root), seed, sentences, speakers)
    else:
        manifest = read_corpus(corpus, pathlib.Path(root), given, classes)
    manifest = select(manifest, classes, with_words)
    manifest.write(out)
    typer.echo(
        f"{out}: {len(manifest)} utterances, {len(manifest.speakers)} speakers, "
        f"{len(manifest.labels)} classes"
    )


def _refuse(options, reason):
    for name, value in options.items():
        if value is not None:
            raise ConfigError(f"{name}: {reason}. Leave it out.")

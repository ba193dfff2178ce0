"""`satn prepare --features`: manifests to sharded features, by a Beam pipeline."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence

import typer

from satn_keras.cli.beam_words import DEFAULT_RUNNER, quiet_beam, split_at_options
from satn_keras.cli.mistakes import MISTAKE, tell
from satn_keras.cli.progress import progress_bar
from satn_keras.cli.quiet import load_tensorflow
from satn_keras.cli.recipe_words import read_recipe
from satn_keras.errors import ConfigError


@dataclasses.dataclass(frozen=True)
class FeatureOptions:
    """What the command line says of the features.

    Attributes:
        folder: to fill.
        recipe: file or name; its features and speeds of augmentation are prepared.
        runner: of Beam.
        shards: how many.
        skip_bad: leave out files that cannot be read.
    """

    folder: pathlib.Path
    recipe: str | None = None
    runner: str | None = None
    shards: int | None = None
    skip_bad: bool = False


def prepare_features(words: Sequence[str], options: FeatureOptions) -> None:
    """Fill a folder with the features of a manifest, or of the recipe's manifests.

    Args:
        words: `[MANIFEST] [KEY=VALUE]... [BEAM OPTIONS]`.
        options: the rest of the command line.

    Raises:
        typer.Exit: with code 2, after a line for each file that cannot be read.
    """
    if options.recipe is None:
        raise ConfigError(
            "--features: needs the settings of a recipe. Add --recipe RECIPE, a file "
            "or a name, such as the one that `satn train` will take."
        )
    words, beam_options = split_at_options(words)
    manifests = [word for word in words if "=" not in word]
    overrides = [word for word in words if "=" in word]
    config = read_recipe(options.recipe, overrides)
    manifest = _manifest(manifests, config)
    load_tensorflow()
    _check_changes(config)
    with quiet_beam(), progress_bar("shards") as progress:
        index = _prepared(manifest, config, options, beam_options, progress)
    _tell(index)


def _prepared(manifest, config, options, beam_options, progress):
    from satn_keras import beam

    preparation = beam.FeaturePreparation(
        manifest,
        config.features,
        options.folder,
        _speeds(config),
        options.shards,
        options.skip_bad,
    )
    runner = options.runner or DEFAULT_RUNNER
    try:
        return beam.prepare_features(preparation, runner, beam_options, progress)
    except beam.UnreadableFilesError as error:
        for fault in error.faults:
            tell(fault)
        tell(
            f"{len(error.faults)} of {len(manifest)} files cannot be read. Mend them "
            "and run the same command again, or leave them out with --skip-bad."
        )
        raise typer.Exit(MISTAKE) from error


def _manifest(named, config):
    """The manifest that is named, or those of the recipe together."""
    from satn_keras.corpora import Manifest

    if len(named) > 1:
        raise ConfigError(f"{named[1]}: --features takes one manifest. Leave it out.")
    named = named or [config.data.emotions, config.data.transcripts]
    together = {}
    for name in named:
        for utterance in Manifest.read(name) if name else ():
            together[utterance.key, os.path.abspath(utterance.path)] = utterance
    if not together:
        raise ConfigError(
            "--features: no manifest is named, and none in the recipe's `data`. Name "
            "one: satn prepare MANIFEST --features FOLDER --recipe RECIPE."
        )
    return Manifest(together.values())


def _speeds(config):
    """Those that training asks for, each once."""
    speeds = {
        speed
        for training in (config.student_training, config.teacher_training)
        for speed in training.augmentation.speeds
    }
    return 1.0, *sorted(speeds - {1.0})


def _check_changes(config):
    """Refuse a recipe whose training would refuse these features."""
    from satn_keras.pipelines.changes import make_changes
    from satn_keras.pipelines.prepared_features import check_speeds_alone

    for training in (config.student_training, config.teacher_training):
        changes = make_changes(training.augmentation, config.seed)
        check_speeds_alone(changes, "--features")


def _tell(index):
    values, audit = index.values, index.values["audit"]
    for one in values["skipped"]:
        typer.echo(f"satn: note: skipped: {one['fault']}", err=True)
    if audit["errors"]:
        typer.echo(
            f"satn: note: the audit found {len(audit['errors'])} faults, listed in "
            f"{index.folder / 'index.json'}; see `satn validate`.",
            err=True,
        )
    labels = {label for counts in audit["counts"].values() for label in counts if label}
    typer.echo(
        f"{index.folder}: {values['utterances']} utterances, "
        f"{audit['seconds'] / 3600:.2f} h, {len(audit['counts'])} speakers, "
        f"{len(labels)} classes, {len(values['skipped'])} skipped; "
        f"{len(values['shards'])} shards"
    )

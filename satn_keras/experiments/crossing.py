"""A recipe that trains on some corpora and tests on others, as words ask for it."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence

from satn_keras.config import ExperimentConfig, ProtocolConfig
from satn_keras.corpora import Manifest, join_manifests
from satn_keras.corpora.tables import table_ending
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory

COMMON = "common-4"


def crossing(
    config: ExperimentConfig,
    out: str | os.PathLike,
    train: Sequence[str],
    test: Sequence[str],
) -> ExperimentConfig:
    """The recipe over one manifest of all corpora, which is written into `out`.

    Args:
        config: Recipe whose protocol is replaced; its classes are the common four
            where it names none.
        out: Folder of the cross-validation.
        train: Manifests, or datasets of the recipe's manifest, to learn from.
        test: The same, to test.

    Raises:
        ConfigError: if either is empty, a dataset is in both or is named without a
            manifest in the recipe, or `out` holds another recipe.
        ManifestError: if a manifest breaks a rule, or they cannot be joined.
    """
    for option, words in (("--train", train), ("--test", test)):
        if not words:
            raise ConfigError(
                f"{option}: must name at least one manifest or dataset, since --train "
                "and --test go together."
            )
    parts = {"train": _named(config, train), "test": _named(config, test)}
    manifests = [part for each in parts.values() for part in each]
    names = {
        kind: tuple(sorted({one.dataset for part in each for one in part}))
        for kind, each in parts.items()
    }
    if both := sorted(set(names["train"]) & set(names["test"])):
        raise ConfigError(
            f"dataset {both[0]!r} is in --train and in --test. Name each once; a "
            "manifest without the column `dataset` goes by its file's name."
        )
    whole = join_manifests(manifests)
    path = pathlib.Path(os.path.abspath(out)) / "emotions.csv"
    crossed = _recipe(config, path, names)
    RunDirectory.plan(out, crossed)  # before anything is written there
    whole.write(path)
    return crossed


def _recipe(config, path: pathlib.Path, names) -> ExperimentConfig:
    data = {"emotions": str(path), "classes": config.data.classes or COMMON}
    protocol = ProtocolConfig(
        folds="cross_corpus",
        validation_speakers=config.protocol.validation_speakers,
        train_datasets=names["train"],
        test_datasets=names["test"],
    )
    return config.model_copy(
        update={"data": config.data.model_copy(update=data), "protocol": protocol}
    )


def _named(config: ExperimentConfig, words: Sequence[str]) -> list[Manifest]:
    """A manifest for each word: that of a file, or one dataset of the recipe's."""
    return [
        _with_dataset(pathlib.Path(word))
        if table_ending(word)
        else _dataset(config, word)
        for word in words
    ]


def _with_dataset(path: pathlib.Path) -> Manifest:
    """The manifest; utterances without a dataset get the file's name."""
    name = path.name.removesuffix(table_ending(path))
    return Manifest(
        one if one.dataset else dataclasses.replace(one, dataset=name)
        for one in Manifest.read(path)
    )


def _dataset(config: ExperimentConfig, name: str) -> Manifest:
    if config.data.emotions is None:
        raise ConfigError(
            f"dataset {name!r}: the recipe names no manifest to take it from. Give "
            "data.emotions=FILE, or the path of a manifest in its place."
        )
    manifest = Manifest.read(config.data.emotions)
    chosen = manifest.where(dataset=name)
    if not chosen:
        known = ", ".join(sorted({one.dataset or "(none)" for one in manifest}))
        raise ConfigError(
            f"dataset {name!r}: not in {config.data.emotions}. Datasets: {known}. A "
            "manifest is named by its path, such as nemo.csv."
        )
    return chosen

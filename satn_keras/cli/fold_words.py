"""Folds to check, as the command line names them."""

from __future__ import annotations

import pathlib
import typing
from collections.abc import Sequence
from typing import TYPE_CHECKING

from satn_keras.cli.recipe_words import read_words
from satn_keras.errors import ConfigError

if TYPE_CHECKING:
    from satn_keras.config import ExperimentConfig
    from satn_keras.corpora import Manifest
    from satn_keras.corpora.faults.divisions import Division

RECIPES = (".yaml", ".yml")


def read_divisions(words: Sequence[str], manifest: Manifest) -> list[Division]:
    """Folds that the words name, of the manifest.

    A word is a protocol such as "leave_one_speaker_out", a recipe (file or name), a
    folder of a run or of many, or a table of published folds; one with "=" is a
    setting of the recipe that follows from the others, such as "protocol.num_folds=3".

    Raises:
        ArtifactError: if a run is damaged.
        ConfigError: if a recipe or a setting is wrong.
        ManifestError: if a published table is broken.
        ProtocolError: if the manifest cannot be divided so.
    """
    from satn_keras.experiments.audits.divisions import (
        protocol_divisions,
        run_divisions,
    )

    settings = [word for word in words if "=" in word]
    if words and len(settings) == len(words):
        raise ConfigError(
            f"--folds: {settings[0]} is a setting, of which folds nobody says. Name "
            "the protocol too: --folds speaker_folds."
        )
    divisions = []
    for word in words:
        if word in settings:
            continue
        path = pathlib.Path(word)
        if path.is_dir() and any(path.rglob("split.json")):
            divisions += run_divisions(manifest, path)
            continue
        config = _recipe(word, path, settings)
        divisions += protocol_divisions(manifest, config.protocol, config.seed)
    return divisions


def _recipe(word: str, path: pathlib.Path, settings) -> ExperimentConfig:
    from satn_keras.config import ProtocolConfig

    names = typing.get_args(ProtocolConfig.model_fields["folds"].annotation)
    if word in names:
        return read_words([f"protocol={{folds: {word}}}", *settings])
    if path.exists() and path.suffix not in RECIPES:
        table = f"protocol={{folds: published, file: {str(path)!r}}}"
        return read_words([table, *settings])
    return read_words([word, *settings])

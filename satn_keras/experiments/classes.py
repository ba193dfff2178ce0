"""Labelled utterances as a recipe's classes count them."""

from __future__ import annotations

from satn_keras.config import DataConfig
from satn_keras.corpora import Manifest, class_set, classes_of
from satn_keras.errors import ConfigError, CorpusError


def in_classes(
    manifest: Manifest, data: DataConfig
) -> tuple[Manifest, tuple[str, ...]]:
    """Utterances labelled by the recipe's classes, and the classes.

    Args:
        manifest: Labelled utterances.
        data: The recipe's section. A named class set, or a list with
            `other_labels: leave_out`, leaves out utterances of other labels; any
            other list keeps them, to be refused.

    Raises:
        ConfigError: if there is no such set, a list makes no sense, or a class that
            is to be kept has no utterance.
        ManifestError: if no classes are named and an utterance has no label.
    """
    if data.classes is None:
        return manifest, classes_of(manifest)
    try:
        wanted = class_set(data.classes)
        if wanted.name or data.other_labels == "leave_out":
            return wanted.keep(manifest), wanted.names
        return wanted.merge(manifest), wanted.names
    except CorpusError as error:
        raise ConfigError(f"data.classes: {error}") from error

"""The set of emotion classes, and each utterance's place in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from satn_keras.corpora.manifest import Manifest
from satn_keras.errors import ManifestError


def classes_of(manifest: Manifest) -> tuple[str, ...]:
    """The different labels, sorted: the default order of a model's outputs.

    Args:
        manifest: Utterances, all with a label.

    Raises:
        ManifestError: if an utterance has no label.
    """
    for utterance in manifest:
        if not utterance.label:
            raise ManifestError(_no_label(utterance.key))
    return manifest.labels


def class_indices(manifest: Manifest, classes: Sequence[str]) -> np.ndarray:
    """Place of each utterance's label in the class set.

    Args:
        manifest: Utterances with labels.
        classes: The labels in the order of the model's outputs.

    Returns:
        (utterances,), int64, from 0 to the number of classes - 1.

    Raises:
        ManifestError: if a label is empty or not in the class set, or the class
            set names a class twice.

    Example:
        >>> from satn_keras.corpora import Manifest, Utterance
        >>> manifest = Manifest([
        ...     Utterance("a", "a.wav", speaker="anna", label="sadness"),
        ...     Utterance("b", "b.wav", speaker="anna", label="anger"),
        ... ])
        >>> class_indices(manifest, ("anger", "fear", "sadness")).tolist()
        [2, 0]
    """
    places = {name: place for place, name in enumerate(classes)}
    if len(places) < len(classes):
        raise ManifestError(
            f"the class set must name each class once. Received: {', '.join(classes)}."
        )
    indices = []
    for utterance in manifest:
        if not utterance.label:
            raise ManifestError(_no_label(utterance.key))
        if utterance.label not in places:
            raise ManifestError(
                f"utterance {utterance.key!r}: label {utterance.label!r} is not in "
                f"the class set ({', '.join(classes)}). Add it to the classes, rename "
                "it with `relabel`, or leave these utterances out."
            )
        indices.append(places[utterance.label])
    return np.array(indices, dtype="int64")


def relabel(manifest: Manifest, names: Mapping[str, str]) -> Manifest:
    """Manifest with labels renamed; labels that `names` lacks stay.

    Args:
        manifest: Utterances.
        names: New label of each old one. Two old labels may become one, such as
            excitement and happiness.

    Raises:
        ManifestError: if no utterance has a label that `names` renames.
    """
    for name in names:
        if name not in manifest.labels:
            raise ManifestError(
                f"no utterance has the label {name!r}. "
                f"Labels: {', '.join(manifest.labels)}. Check its spelling."
            )
    return Manifest(
        dataclasses.replace(one, label=names.get(one.label, one.label))
        for one in manifest
    )


def _no_label(key: str) -> str:
    return (
        f"utterance {key!r}: label '' is empty. "
        "Fill in the label, or leave the utterance out with `without(label='')`."
    )

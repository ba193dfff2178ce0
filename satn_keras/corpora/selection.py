"""The utterances of some classes, in order."""

from __future__ import annotations

from collections.abc import Sequence

from satn_keras.corpora.manifest import Manifest
from satn_keras.errors import CorpusError


def keep_classes(manifest: Manifest, classes: Sequence[str]) -> Manifest:
    """Utterances whose label is one of `classes`, in order.

    Args:
        manifest: Utterances.
        classes: Labels to keep, each at least once in the manifest.

    Raises:
        CorpusError: if no class is named, one is named twice, or a class has no
            utterance.

    Example:
        >>> from satn_keras.corpora import Utterance
        >>> manifest = Manifest([
        ...     Utterance("a1", "a1.wav", speaker="anna", label="joy"),
        ...     Utterance("a2", "a2.wav", speaker="anna", label="boredom"),
        ... ])
        >>> keep_classes(manifest, ["joy"]).keys
        ('a1',)
    """
    if isinstance(classes, str) or not classes or len(set(classes)) < len(classes):
        raise CorpusError(
            "`classes` must be a list of labels, each once. Received: "
            f"{classes!r}. Name the labels to keep."
        )
    absent = [name for name in classes if name not in manifest.labels]
    if absent:
        raise CorpusError(
            f"no utterance has the label {', '.join(map(repr, absent))}. "
            f"Labels: {', '.join(manifest.labels) or 'none'}. Check the spelling."
        )
    return manifest.where(label=classes)

"""Class sets: by name, or as a list in which several labels may be one class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.nemo import NEMO_EMOTIONS
from satn_keras.corpora.vocabulary import common_label, words_for
from satn_keras.errors import CorpusError

_FOUR = ("angry", "happy", "neutral", "sad")
_SIX = ("angry", "disgust", "fear", "happy", "neutral", "sad")
_SEVEN = (*_SIX, "surprise")
# Classes of each named set. A class counts the common word of its name and the
# word's aliases, whatever the corpus.
NAMED_SETS: Mapping[str, tuple[str, ...]] = {
    "common-4": _FOUR,
    "common-6": _SIX,
    "common-7": _SEVEN,
    "iemocap-4": _FOUR,
    "crema-d-6": _SIX,
    "emodb-7": ("angry", "bored", "disgust", "fear", "happy", "neutral", "sad"),
    "emovo-7": _SEVEN,
    "esd-5": (*_FOUR, "surprise"),
    "meld-7": _SEVEN,
    "nemo-6": NEMO_EMOTIONS,
    "ravdess-8": ("angry", "calm", *_SEVEN[1:]),
    "savee-7": _SEVEN,
    "shemo-6": ("angry", "fear", "happy", "neutral", "sad", "surprise"),
    "tess-7": _SEVEN,
    "urdu-4": _FOUR,
}
# Sets of four count the excited among the happy, as publications on IEMOCAP do.
_EXCITED = ("common-4", "iemocap-4")


@dataclasses.dataclass(frozen=True)
class ClassSet:
    """Classes in the order of a model's outputs, and the labels of each.

    Args:
        labels: Labels that count as a class, by class.
        name: Of a named set, "" of a list.

    Example:
        >>> classes = class_set(["angry", "happy=happy+excited"])
        >>> classes.names, classes.class_of("excited")
        (('angry', 'happy'), 'happy')
        >>> class_set("common-4").class_of("sadness")
        'sad'
    """

    labels: Mapping[str, tuple[str, ...]]
    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return tuple(self.labels)

    def class_of(self, label: str) -> str | None:
        """Class of a label, None where it has none."""
        return next(
            (name for name, labels in self.labels.items() if label in labels), None
        )

    def merge(self, manifest: Manifest) -> Manifest:
        """Every utterance, its label replaced by its class where it has one."""
        return Manifest(
            dataclasses.replace(one, label=self.class_of(one.label) or one.label)
            for one in manifest
        )

    def keep(self, manifest: Manifest) -> Manifest:
        """The utterances that have a class, labelled by it.

        Raises:
            CorpusError: if a class has no utterance.
        """
        kept = self.merge(manifest).where(label=self.names)
        absent = [name for name in self.names if name not in kept.labels]
        if absent:
            whose = f" of {self.name}" if self.name else ""
            raise CorpusError(
                f"no utterance has the label {', '.join(map(repr, absent))}{whose}. "
                f"Labels: {', '.join(manifest.labels) or 'none'}. Check the spelling, "
                "or take another class set."
            )
        return kept


def class_set(wanted: str | Sequence[str]) -> ClassSet:
    """The class set that a name or a list describes.

    Args:
        wanted: One of `NAMED_SETS`, or labels, of which one such as
            "happy=happy+excited" counts several as one class.

    Raises:
        CorpusError: if there is no such set, a class or a label stands twice, or an
            entry is not of this form.
    """
    if isinstance(wanted, str):
        if wanted not in NAMED_SETS:
            raise CorpusError(
                f"{wanted!r}: there is no class set of this name. Known: "
                f"{', '.join(NAMED_SETS)}; or give a list of labels."
            )
        return ClassSet(
            {name: _counted(name, wanted) for name in NAMED_SETS[wanted]}, wanted
        )
    entries = [_entry(text) for text in wanted]
    every = [label for _, labels in entries for label in labels]
    twice = next((label for label in every if every.count(label) > 1), None)
    names = [name for name, _ in entries]
    if not names or twice or len(set(names)) < len(names):
        raise CorpusError(
            "`classes` must be a list of labels, each once. Received: "
            f"{list(wanted)!r}. Name the labels to keep."
        )
    return ClassSet(dict(entries))


def read_classes(text: str) -> ClassSet:
    """The class set that a word of the command line describes.

    Args:
        text: Name of a set, or labels with commas between them.

    Raises:
        CorpusError: as `class_set`.
    """
    entries = [entry.strip() for entry in text.split(",")]
    if len(entries) == 1 and entries[0] in NAMED_SETS:
        return class_set(entries[0])
    return class_set(entries)


def _counted(name: str, set_name: str) -> tuple[str, ...]:
    words = words_for(common_label(name))
    excited = ("excited",) if name == "happy" and set_name in _EXCITED else ()
    return (*words, *excited)


def _entry(text: str) -> tuple[str, tuple[str, ...]]:
    """Class and labels of "happy=happy+excited", or of "happy" alone."""
    name, equals, counted = (part.strip() for part in text.partition("="))
    labels = tuple(label.strip() for label in counted.split("+")) if equals else (name,)
    if not name or not all(labels):
        raise CorpusError(
            f"class {text!r}: must be a label, or a class and its labels such as "
            "happy=happy+excited."
        )
    return name, labels

"""Labels, texts and words that are not there."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping, Sequence

from satn_keras.corpora.faults.rules import Finding
from satn_keras.corpora.manifest import Manifest
from satn_keras.corpora.utterance import Utterance

SHOWN = 5  # words of an utterance


def check_labels(
    manifest: Manifest, classes: Sequence[str] | None = None
) -> Iterator[Finding]:
    """Utterances without a label or with a wrong one; speakers without a class.

    Args:
        manifest: Utterances; where none has a label, none is missing.
        classes: The allowed labels; any when absent.
    """
    labelled = any(one.label for one in manifest)
    for one in manifest:
        if classes is not None and one.label not in classes:
            yield _unknown(one, classes)
        elif classes is None and labelled and not one.label:
            yield _missing(one, "label", "Fill it in, or leave the utterance out.")
    wanted = manifest.labels if classes is None else classes
    for speaker, counts in count_labels(manifest).items():
        absent = [label for label in wanted if not counts.get(label)]
        if labelled and absent:
            yield Finding(
                "absent_class",
                f"speaker {speaker!r} has no utterance of {', '.join(absent)}.",
            )


def check_texts(manifest: Manifest) -> Iterator[Finding]:
    """Utterances without a text; where none has one, none is missing."""
    if any(one.text for one in manifest):
        for one in manifest:
            if not one.text:
                yield _missing(one, "text", "A teacher cannot learn from it.")


def check_words(unknown: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Words outside a lexicon, by the utterance's key."""
    for key, words in unknown.items():
        more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
        yield Finding(
            "unknown_words",
            f"utterance {key!r}: the lexicon lacks "
            f"{', '.join(map(repr, words[:SHOWN]))}{more}. Correct the spelling, or "
            "let a guess stand.",
            (key,),
        )


def count_labels(manifest: Manifest) -> dict[str, dict[str, int]]:
    """Utterances of each label (inner) by each speaker (outer)."""
    counts: dict[str, collections.Counter] = {
        speaker: collections.Counter() for speaker in manifest.speakers
    }
    for utterance in manifest:
        counts[utterance.speaker][utterance.label] += 1
    return {
        speaker: {label: numbers[label] for label in sorted(numbers)}
        for speaker, numbers in counts.items()
    }


def _unknown(one: Utterance, classes: Sequence[str]) -> Finding:
    return Finding(
        "unknown_label",
        f"utterance {one.key!r}: label {one.label!r} is not in the class set "
        f"({', '.join(classes)}). Correct it, or add it to the classes.",
        (one.key,),
    )


def _missing(one: Utterance, field: str, remedy: str) -> Finding:
    return Finding(
        f"missing_{field}", f"utterance {one.key!r}: no {field}. {remedy}", (one.key,)
    )

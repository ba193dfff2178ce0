"""What would let a model cheat: labels told by something that is not emotion."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from satn_keras.corpora.faults.guesses import cross_validated_ua, folds_of
from satn_keras.corpora.faults.rules import Finding

if TYPE_CHECKING:
    from satn_keras.corpora.sounds import Sound

# Least share of the way from chance to certainty that is worth a warning. Anger is
# loud and sadness slow, so that loudness and duration tell something of every honest
# corpus; who speaks and which sentence it is should tell nothing.
LIMITS = {"loudness": 0.5, "duration": 0.5, "sentence": 0.2, "speaker": 0.2}
MOST_P = 0.01
PERMUTATIONS = 199
FEWEST = 20  # utterances
BINS = 16
SEED = 0


@dataclasses.dataclass(frozen=True)
class Cue:
    """How well one cue alone tells the label.

    Args:
        name: "loudness", "duration", "sentence" or "speaker".
        ua: Unweighted accuracy of a cross-validation.
        chance: One over the number of classes.
        low: 2.5th percentile of the accuracy with shuffled labels.
        high: 97.5th percentile of it.
        p_value: Share of the shuffles that reach `ua`, itself counted.
        utterances: How many had a label and the cue.
        classes: How many.
        folds: What the folds keep apart, and how many there are.
    """

    name: str
    ua: float
    chance: float
    low: float
    high: float
    p_value: float
    utterances: int
    classes: int
    folds: str

    @property
    def share(self) -> float:
        """Part of the way from chance (0) to certainty (1)."""
        return (self.ua - self.chance) / (1 - self.chance)

    @property
    def tells(self) -> bool:
        """Whether the cue tells more than it may."""
        return self.p_value <= MOST_P and self.share >= LIMITS[self.name]

    def to_dict(self) -> dict[str, Any]:
        """Values that JSON can hold."""
        told = {"share": self.share, "limit": LIMITS[self.name], "tells": self.tells}
        return dataclasses.asdict(self) | told


def score_cues(sounds: Sequence[Sound]) -> list[Cue]:
    r"""Accuracy of a small classifier that knows one cue alone, for each cue.

    The classifier is naive Bayes on one variable, each class as likely as another
    beforehand: cell x is given to the class c with the greatest

    $$\frac{n_{x,c} + 1}{n_c + |x|}$$

    which is `sklearn.naive_bayes.CategoricalNB(fit_prior=False)`. Loudness (dB) and
    duration fall into cells by their quantiles over the corpus, up to 16 of as many
    utterances. Loudness, duration and sentence are judged on speakers never heard,
    where there are two; the speaker on other utterances. Labels are shuffled 199
    times, within speakers where the folds hold out speakers.

    Args:
        sounds: What each file holds; without label or with a fault it is left out.

    Returns:
        The cues that can be judged: of two classes and 20 utterances at least, and
        sentences only where one stands twice.
    """
    sounds = [sound for sound in sounds if sound.utterance.label and not sound.rule]
    cells = {
        "loudness": [sound.level for sound in sounds],
        "duration": [sound.seconds for sound in sounds],
        "sentence": [_sentence(sound.utterance) for sound in sounds],
        "speaker": [_speaker(sound.utterance) for sound in sounds],
    }
    cues = (_score(name, values, sounds) for name, values in cells.items())
    return [cue for cue in cues if cue is not None]


def check_cues(cues: Sequence[Cue]) -> Iterator[Finding]:
    """A warning on each cue that tells more than it may."""
    for cue in cues:
        if cue.tells:
            yield Finding(
                f"label_from_{cue.name}",
                f"{cue.name} alone tells the label of {cue.ua:.0%} of the utterances "
                f"(mean over classes; chance {cue.chance:.0%}, p {cue.p_value:.3f}). "
                "A model may learn this and nothing else.",
            )


def _score(name, values, sounds) -> Cue | None:
    counts = collections.Counter(sound.utterance.label for sound in sounds)
    known = [
        (value, sound.utterance)
        for value, sound in zip(values, sounds, strict=True)
        if value is not None and counts[sound.utterance.label] >= 2
    ]
    if len(known) < FEWEST:
        return None
    labels = _ids([one.label for _, one in known])
    speakers = _ids([_speaker(one) for _, one in known])
    cells = _cells([value for value, _ in known])
    groups = speakers if name != "speaker" and speakers.max() > 0 else None
    nothing_twice = name == "sentence" and np.bincount(cells).max() < 2
    if not (labels.max() and cells.max()) or nothing_twice:
        return None
    folds = folds_of(labels, groups, SEED)
    shuffled = _shuffles(labels, groups)
    scores = cross_validated_ua(cells, np.stack([labels, *shuffled]), folds)
    low, high = np.quantile(scores[1:], (0.025, 0.975))
    reached = (scores[1:] >= scores[0] - 1e-12).sum()
    return Cue(
        name,
        ua=float(scores[0]),
        chance=1 / (int(labels.max()) + 1),
        low=float(low),
        high=float(high),
        p_value=float((reached + 1) / (PERMUTATIONS + 1)),
        utterances=len(known),
        classes=int(labels.max()) + 1,
        folds=f"{len(folds)}, {'utterances' if groups is None else 'speakers'} apart",
    )


def _shuffles(labels: np.ndarray, groups: np.ndarray | None) -> Iterator[np.ndarray]:
    """The labels in other orders, each within its group where there are groups."""
    random = np.random.default_rng(SEED)
    groups = np.zeros(len(labels), "int64") if groups is None else groups
    home = np.argsort(groups, kind="stable")
    for _ in range(PERMUTATIONS):
        mixed = np.empty_like(labels)
        mixed[home] = labels[np.argsort(groups + random.random(len(labels)))]
        yield mixed


def _cells(values: Sequence) -> np.ndarray:
    """Number of each value's cell; numbers by their quantiles."""
    if not isinstance(values[0], float):
        return _ids(values)
    bins = min(BINS, max(2, len(values) // 10))
    finite = np.maximum(values, -200.0)  # dB; a channel of zeros has no level
    edges = np.quantile(finite, np.arange(1, bins) / bins)
    return _ids(np.searchsorted(edges, finite))


def _ids(values: Sequence) -> np.ndarray:
    """Number of each value among the different ones, sorted."""
    places = {value: place for place, value in enumerate(sorted(set(values)))}
    return np.asarray([places[value] for value in values])


def _speaker(one) -> str:
    return f"{one.dataset} {one.speaker}"


def _sentence(one) -> str | None:
    name = one.sentence or " ".join(one.text.lower().split())
    return f"{one.dataset} {name}" if name else None

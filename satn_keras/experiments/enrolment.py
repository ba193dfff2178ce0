"""Unlabelled utterances by which held-out speakers are known, set apart."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.recipe_file import first_fault

if TYPE_CHECKING:
    from satn_keras.experiments.run_directory import RunDirectory
    from satn_keras.experiments.systems import System


@dataclasses.dataclass(frozen=True)
class Enrolment:
    """A part of held-out speakers, divided.

    Attributes:
        scored: utterances that are judged.
        enrolled: utterances by which their speakers are known, without labels; None
            where all of a part's audio is what is known of its speakers.
    """

    scored: Manifest
    enrolled: Manifest | None = None

    def to_dict(self) -> dict[str, int]:
        """What was taken out of the scores, for JSON; empty where nothing was."""
        if self.enrolled is None:
            return {}
        speakers = len({(one.dataset, one.speaker) for one in self.enrolled})
        return {
            "utterances": len(self.enrolled) // speakers,
            "speakers": speakers,
            "taken_out": len(self.enrolled),
        }


def enrol(manifest: Manifest, config: ExperimentConfig) -> Enrolment:
    """Part of held-out speakers, of each `protocol.enrolment_utterances` set apart.

    They are the first in an order that the seed draws over the names of utterances.
    So a speaker's first five are five of the first twenty, whoever else is in the
    part and in whatever order it stands; labels have no say.

    Args:
        manifest: validation or test part; may be empty.
        config: the recipe.

    Returns:
        `Enrolment`; each speaker has that many enrolled and the rest scored.

    Raises:
        ProtocolError: naming the first speaker who has too few utterances.
    """
    count = config.protocol.enrolment_utterances
    if not count or not len(manifest):
        return Enrolment(manifest)
    by_speaker: dict[tuple[str, str], list[Utterance]] = {}
    for one in manifest:
        by_speaker.setdefault((one.dataset, one.speaker), []).append(one)
    chosen = set()
    for (_, speaker), own in by_speaker.items():
        if len(own) <= count:
            raise ProtocolError(
                f"protocol.enrolment_utterances: {count} of speaker {speaker!r} are to "
                f"be enrolled and others scored, but there are {len(own)} in all. "
                f"Enrol {len(own) - 1} or fewer, or leave the speaker out."
            )
        ordered = sorted(own, key=lambda one: _place(one, config.seed))
        chosen.update(one.key for one in ordered[:count])
    unlabelled = (dataclasses.replace(one, label="") for one in manifest)
    return Enrolment(
        scored=Manifest(one for one in manifest if one.key not in chosen),
        enrolled=Manifest(one for one in unlabelled if one.key in chosen),
    )


def enrolling(config: ExperimentConfig, count: int) -> ExperimentConfig:
    """The recipe with another number of utterances to enrol; 0 takes all audio.

    Raises:
        ConfigError: if its system does not normalise by speaker.
    """
    values = config.model_dump()
    values["protocol"]["enrolment_utterances"] = count
    try:
        return ExperimentConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(first_fault(ExperimentConfig, error)) from error


def check_enrolment(config: ExperimentConfig, *parts: Manifest) -> None:
    """Refuse parts with a speaker who has too few utterances, before any training.

    Raises:
        ProtocolError: as `enrol`.
    """
    for part in parts:
        enrol(part, config)


def told_of(metrics: dict) -> str:
    """Sentence on what `metrics` say was taken out of the scores; "" of nothing.

    Example:
        >>> told_of({"enrolment": {"utterances": 5, "taken_out": 10}})
        'Speakers are known by 5 unlabelled utterances each, not scored (10 in all).'
    """
    if "enrolment" not in metrics:
        return ""
    values = metrics["enrolment"]
    return (
        f"Speakers are known by {values['utterances']} unlabelled utterances each, not "
        f"scored ({values['taken_out']} in all)."
    )


def scored_posteriors(
    system: System, manifest: Manifest, run: RunDirectory
) -> tuple[Enrolment, np.ndarray]:
    """Posteriors of what is scored of a part, its speakers enrolled as asked.

    Args:
        system: trained; its recipe says how many utterances enrol a speaker.
        manifest: the part.
        run: as `System.posteriors` takes it.

    Returns:
        The division, and posteriors (scored utterances, classes).
    """
    part = enrol(manifest, system.config)
    known = {} if part.enrolled is None else {"enrolled": part.enrolled}
    return part, system.posteriors(part.scored, run, **known)


def _place(utterance: Utterance, seed: int) -> bytes:
    named = f"{seed}\n{utterance.dataset}\n{utterance.key}"
    return hashlib.sha256(named.encode()).digest()

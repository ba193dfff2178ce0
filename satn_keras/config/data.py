"""Settings of the data: manifests, parts, folds and target tokens."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from satn_keras.config.base import Section, Speakers


def _class_set_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z-]*-[0-9]+", text):
        raise ValueError("Input should name a class set, such as common-4")
    return text


# Labels, of which "happy=happy+excited" merges two, or the name of a class set.
Classes = tuple[str, ...] | Annotated[str, AfterValidator(_class_set_name)]


class PhonemeConfig(Section):
    """Transcripts to the teacher's target tokens."""

    lexicon: Literal["cmudict", "espeak", "graphemes"] = "cmudict"
    language: str = "en-us"  # espeak-ng voice, where the lexicon needs one


class DataConfig(Section):
    """Which utterances serve which part.

    Speakers are named, or counted: a number takes that many in sorted order
    after a shuffle by the seed.
    """

    emotions: str | None = None  # manifest with labels
    transcripts: str | None = None  # manifest with texts
    features: str | None = None  # folder of `satn prepare --features`
    classes: Classes | None = None  # of the manifest when absent
    other_labels: Literal["refuse", "leave_out"] = "refuse"  # of a list of classes
    drop: tuple[str, ...] | str = ()  # keys to leave out, or a file of one a line
    test_speakers: Speakers = 1
    validation_speakers: Speakers = 1
    teacher_test_speakers: Speakers = 1
    teacher_validation_speakers: Speakers = 1

    @model_validator(mode="after")
    def _other_labels_are_others_of_a_list(self):
        if self.other_labels == "leave_out" and not isinstance(self.classes, tuple):
            raise ValueError(
                "`other_labels` belongs to a list of `classes`: a named set leaves "
                "other labels out by itself. Leave it out"
            )
        return self


class ProtocolConfig(Section):
    """How cross-validation divides the labelled utterances."""

    folds: Literal[
        "leave_one_speaker_out",
        "leave_one_session_out",
        "speaker_folds",
        "speaker_sentence_folds",
        "published",
        "cross_corpus",
    ] = "leave_one_speaker_out"
    validation_speakers: int = Field(1, ge=0)  # of each fold; sessions bring own
    # Unlabelled utterances of each held-out speaker that give his statistics and are
    # not scored; 0 takes all of his audio, which is.
    enrolment_utterances: int = Field(0, ge=0)
    num_folds: int = Field(5, ge=2)  # groups of speakers
    sentence_groups: int = Field(5, ge=3)  # one tested, one validating, the rest train
    directions: Literal["both", "one"] = "both"  # of each session
    test_gender: Literal["female", "male"] = "male"  # where one direction is run
    file: str | None = None  # table, or EmoBox folder of one corpus
    shared_speakers: Literal["refuse", "allow"] = "refuse"  # between published parts
    unlisted: Literal["refuse", "leave_out"] = "refuse"  # utterances in no part
    train_datasets: tuple[str, ...] | None = None  # those not tested, when absent
    test_datasets: tuple[str, ...] | None = None  # each reported apart

    @model_validator(mode="after")
    def _every_key_has_an_effect(self):
        if self.folds == "published" and self.file is None:
            raise ValueError("published folds are read from a file. Add `file`")
        if self.folds == "cross_corpus" and not self.test_datasets:
            raise ValueError(
                "cross_corpus tests whole datasets. Add `test_datasets`, values of the "
                "manifest's column `dataset`"
            )
        for key, owners in _OWNERS.items():
            if self.folds in owners:
                continue
            if getattr(self, key) != type(self).model_fields[key].default:
                raise ValueError(
                    f"`{key}` has no effect on {self.folds}. It belongs to "
                    f"{' and '.join(owners)}"
                )
        if self.directions == "both" and self.test_gender != "male":
            raise ValueError(
                "`test_gender` has no effect where both directions are run. "
                "Add `directions: one`"
            )
        return self


# The folds on which a key has an effect.
_OWNERS = {
    "validation_speakers": (
        "leave_one_speaker_out",
        "speaker_folds",
        "speaker_sentence_folds",
        "published",
        "cross_corpus",
    ),
    "num_folds": ("speaker_folds", "speaker_sentence_folds"),
    "sentence_groups": ("speaker_sentence_folds",),
    "directions": ("leave_one_session_out",),
    "test_gender": ("leave_one_session_out",),
    "file": ("published",),
    "shared_speakers": ("published",),
    "unlisted": ("published",),
    "train_datasets": ("cross_corpus",),
    "test_datasets": ("cross_corpus",),
}

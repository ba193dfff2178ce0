"""Development speakers of one outer fold: where settings are searched for."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Literal

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.choosing import check_choosing
from satn_keras.experiments.cross_folds import chosen_folds, fold_config
from satn_keras.experiments.folds import (
    Fold,
    leave_one_speaker_out,
    speaker_folds,
)
from satn_keras.experiments.heard import check_teacher, heard_by
from satn_keras.experiments.protocol import Protocol
from satn_keras.experiments.splits import (
    labelled_manifest,
    shared,
    speakers_of,
    student_fold,
    with_absolute_paths,
)

Choice = Literal["apart", "same", "last"]


@dataclasses.dataclass(frozen=True)
class InnerFold:
    """One division of development speakers; a test part has no place in it.

    Args:
        name: such as the scoring speaker's.
        train: what a system learns from.
        choice: speakers who choose the epoch; none where the last one is kept.
        scoring: speakers whose unweighted accuracy is the figure of the fold.
    """

    name: str
    train: Manifest
    choice: Manifest
    scoring: Manifest


@dataclasses.dataclass(frozen=True)
class Development:
    """What a search may hear: the speakers that an outer fold does not test.

    Args:
        config: the recipe, its paths absolute and its outer fold as it was asked for.
        name: of the outer fold.
        manifest: the utterances of the development speakers.
        classes: emotions in the order of the posterior.
        folds: divisions of `manifest`.
        kept_out: names of the test speakers, whose utterances are not here.
        teacher: run folder of the teacher, which has heard none of `kept_out`.
        teacher_heard: development speakers whom that teacher has heard.
    """

    config: ExperimentConfig
    name: str
    manifest: Manifest
    classes: tuple[str, ...]
    folds: tuple[InnerFold, ...]
    kept_out: tuple[str, ...]
    teacher: pathlib.Path | None = None
    teacher_heard: tuple[str, ...] = ()


def develop(
    config: ExperimentConfig,
    fold_name: str | None = None,
    num_folds: int | None = None,
    choice: Choice = "apart",
    teacher: str | os.PathLike | None = None,
    needs_teacher: bool | None = None,
) -> Development:
    """Development speakers of a recipe, divided; its test speakers are left behind.

    Args:
        config: the recipe.
        fold_name: fold of the recipe's protocol whose test speakers stay unheard;
            those of `data.test_speakers` when absent, or of `cross_corpus` its
            test datasets.
        num_folds: groups of development speakers, each of which scores one inner
            fold; every speaker alone when absent.
        choice: "apart" gives the epoch to another speaker than the scoring ones,
            so that the figure is of strangers; "same" lets the scoring speakers
            choose it too: one more speaker trains, and the figure flatters. "last"
            leaves nobody to choose: all but the scoring speakers train, by a recipe
            whose `student_training.selection` is "last".
        teacher: run folder of the teacher.
        needs_teacher: whether some trial will copy; by the recipe when absent.

    Raises:
        AudioError, ManifestError: as `labelled_manifest`.
        ConfigError: if there is no such fold, nobody chooses an epoch that is to be
            chosen, or a teacher is wanting or wrong.
        ProtocolError: if development and test speakers are not apart, the teacher
            has heard a test speaker, or there are too few speakers.
    """
    config = with_absolute_paths(config)
    config, outer, classes = _outer_fold(config, fold_name)
    manifest = outer.train + outer.validation
    Protocol(outer).require_selectable(manifest)
    if not outer.speaker_independent:
        raise ProtocolError(
            f"fold {outer.name!r}: its test speakers are heard in training too, and a "
            "search must not hear them. Search on folds that keep speakers apart."
        )
    folds = inner_folds(manifest, num_folds, choice, config.seed)
    check_choosing(config, folds[0].choice, "--choice last")
    path, heard = _teacher_of(config, outer, teacher, needs_teacher)
    return Development(
        config,
        outer.name,
        manifest,
        classes,
        folds,
        outer.test.speakers,
        path,
        tuple(name for _, name in shared(speakers_of(manifest), heard)),
    )


def inner_folds(
    manifest: Manifest,
    num_folds: int | None = None,
    choice: Choice = "apart",
    seed: int = 1,
) -> tuple[InnerFold, ...]:
    """Divisions of development speakers; each speaker scores once.

    Args:
        manifest: utterances of the development speakers.
        num_folds: groups of speakers; every speaker alone when absent.
        choice: who chooses the epoch, as `develop` has it.
        seed: decides who follows whom.

    Raises:
        ProtocolError: if there are too few speakers.

    Example:
        >>> from satn_keras.corpora import Utterance
        >>> manifest = Manifest(
        ...     Utterance(name, f"{name}.wav", speaker=name) for name in "abc"
        ... )
        >>> [
        ...     (fold.train.speakers, fold.choice.speakers, fold.scoring.speakers)
        ...     for fold in inner_folds(manifest)
        ... ]
        [(('c',), ('b',), ('a',)), (('a',), ('c',), ('b',)), (('b',), ('a',), ('c',))]
    """
    choosing = 1 if choice == "apart" else 0
    needed, speakers = 2 + choosing, manifest.speakers
    if len(speakers) < needed:
        remedy = (
            ", or let the scoring speaker (--choice same) or nobody (--choice last) "
            "choose the epoch"
        )
        raise ProtocolError(
            f"a search needs at least {needed} development speakers. Received: "
            f"{len(speakers)} ({', '.join(speakers)}). Test fewer speakers"
            f"{remedy if choosing else ''}."
        )
    if num_folds is None:
        folds = leave_one_speaker_out(manifest, choosing, seed)
    else:
        folds = speaker_folds(manifest, num_folds, choosing, seed)
    return tuple(
        InnerFold(
            fold.name,
            fold.train,
            fold.test if choice == "same" else fold.validation,
            fold.test,  # of the development speakers
        )
        for fold in folds
    )


def _outer_fold(config, name) -> tuple[ExperimentConfig, Fold, tuple[str, ...]]:
    """Recipe, fold and classes; a fold of the protocol is named in the recipe."""
    # Of whole datasets there is one fold, whose test datasets nobody may search on.
    if name is None and config.protocol.folds != "cross_corpus":
        fold, classes = student_fold(config)
        return config, fold, classes
    manifest, classes = labelled_manifest(config)
    (fold,) = chosen_folds(manifest, config, None if name is None else [name])
    return fold_config(config, fold, config.seed), fold, classes


def _teacher_of(config, outer, path, needed):
    """Run folder of the teacher and whom it heard, checked against the outer fold."""
    if not (config.transfer.needs_teacher if needed is None else needed):
        return None, set()
    if path is None:
        raise ConfigError(
            "the search holds settings that copy a teacher. Give its run with "
            "--teacher, or search without transfer: --search transfer.weight=0, and "
            "other keys besides."
        )
    run = check_teacher(config, path, outer)
    run.fingerprint("teacher.keras")  # says so where it was not trained to its end
    return pathlib.Path(os.path.abspath(path)), heard_by(run)

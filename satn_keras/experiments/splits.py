"""Parts of a recipe's manifests, checked before anything is written or trained."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable

import soundfile

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, class_indices
from satn_keras.corpora.joining import own_name
from satn_keras.errors import ConfigError, ManifestError, ProtocolError
from satn_keras.experiments.audits.door import describe_dropped, refuse_errors
from satn_keras.experiments.audits.dropped import keys_to_drop, without_dropped
from satn_keras.experiments.choosing import check_choosing
from satn_keras.experiments.classes import in_classes
from satn_keras.experiments.folds import Fold, hold_out_speakers
from satn_keras.pipelines import read_audio

Speaker = tuple[str, str]  # (dataset, name): two corpora may both have a "01"
HELD_OUT = ("validation", "test")


def with_absolute_paths(config: ExperimentConfig) -> ExperimentConfig:
    """The recipe, so that what it names on disk is found from any folder."""
    changes = {}
    for section, names in (
        ("data", ("emotions", "transcripts", "features")),
        ("protocol", ("file",)),
    ):
        values = getattr(config, section)
        paths = {
            name: os.path.abspath(getattr(values, name))
            for name in names
            if getattr(values, name) is not None
        }
        if section == "data" and isinstance(values.drop, str):
            paths["drop"] = os.path.abspath(values.drop)
        changes[section] = values.model_copy(update=paths)
    return config.model_copy(update=changes)


def student_fold(config: ExperimentConfig) -> tuple[Fold, tuple[str, ...]]:
    """Labelled utterances by part, and the classes.

    Raises:
        AudioError: if a sound file is missing, or one of the test part is not audio.
        ConfigError: if the recipe names no manifest, fewer than two classes, or
            chooses on a validation part that is empty.
        ManifestError: if the manifest breaks a rule, or a label is no class.
        ProtocolError: if the speakers cannot be split as asked.
    """
    fold, classes = _student_fold(config)
    check_choosing(config, fold.validation)
    return fold, classes


def labelled_manifest(
    config: ExperimentConfig,
) -> tuple[Manifest, tuple[str, ...]]:
    """All labelled utterances, labelled by their classes, and the classes.

    Raises:
        AudioError: if a sound file is missing.
        ConfigError: if the recipe names no manifest, fewer than two classes, or a
            class set that there is not.
        ManifestError: if the manifest breaks a rule, or a label is no class.
    """
    manifest, classes = in_classes(_manifest(config, "emotions"), config.data)
    if len(classes) < 2:
        raise ConfigError(
            f"data.classes: must be at least two. Received: {', '.join(classes)}. "
            f"Name them in the recipe, or add labels to {config.data.emotions}."
        )
    class_indices(manifest, classes)  # the test part's too, before hours of training
    return manifest, classes


def teacher_fold(config: ExperimentConfig) -> Fold:
    """Transcribed utterances by part.

    Where the recipe's labelled speech has the same speakers, the teacher takes the
    student's split, so that it never hears the student's test speakers. It needs
    validation speakers even where the student has none.

    Raises:
        AudioError, ConfigError, ProtocolError: as `student_fold`.
        ManifestError: if the manifest breaks a rule, or an utterance has no text.
    """
    manifest = _manifest(config, "transcripts")
    require_texts(manifest, config.data.transcripts)
    test = config.data.teacher_test_speakers
    validation = config.data.teacher_validation_speakers
    students = _student_fold(config)[0] if config.data.emotions else None
    if students is not None:
        if shared(speakers_of(manifest), speakers_of(students.test)):
            test = _those_of(students.test, manifest)
            validation = _those_of(students.validation, manifest) or validation
    fold = hold_out_speakers(manifest, test, validation, seed=config.seed)
    if students is not None:
        _check_apart(fold, students)
    if fold.untested:
        raise ConfigError(
            "data.teacher_test_speakers: the test part is empty, and a teacher is "
            "judged by its error rates there. Name at least one speaker, or how many."
        )
    if not len(fold.validation):
        raise ConfigError(
            "data.teacher_validation_speakers: the validation part is empty, and the "
            "teacher's epoch is chosen on it. Name at least one speaker, or how many."
        )
    check_sounding(fold.test)
    return fold


def require_texts(manifest: Manifest, source: str | os.PathLike) -> None:
    """Refuse utterances of the manifest `source` that have no text.

    Raises:
        ManifestError: naming the first of them.
    """
    silent = [utterance.key for utterance in manifest if not utterance.text]
    if silent:
        raise ManifestError(
            f"{source}: {len(silent)} of {len(manifest)} utterances have no text, the "
            f"first is {silent[0]!r}. Fill in the texts, or leave these utterances out."
        )


def speakers_of(manifest: Manifest) -> set[Speaker]:
    """Dataset and name of each speaker."""
    return {(utterance.dataset, utterance.speaker) for utterance in manifest}


def shared(some: Iterable[Speaker], others: Iterable[Speaker]) -> list[Speaker]:
    """Those of `some` who may be one of `others`, sorted.

    Equal names of different datasets are different people; where one side names no
    dataset, they may be the same. The name that `join_manifests` gives to someone is
    theirs as well.

    Example:
        >>> shared({("a", "01"), ("a", "02")}, {("b", "01"), ("", "02")})
        [('a', '02')]
        >>> shared({("a", "01")}, {("a", "a-01")})
        [('a', '01')]
    """
    datasets: dict[str, set[str]] = {}
    for dataset, name in others:
        datasets.setdefault(own_name(dataset, name), set()).add(dataset)
    return sorted(
        (dataset, name)
        for dataset, name in some
        if (known := datasets.get(own_name(dataset, name)))
        and (not dataset or "" in known or dataset in known)
    )


def describe_split(fold: Fold, config: ExperimentConfig) -> dict:
    """`split.json`: keys by part with a hash, the speakers of each part, and the keys
    that the recipe leaves out, if any.
    """
    parts = {part: getattr(fold, part) for part in ("train", *HELD_OUT)}
    speakers = {
        part: [list(speaker) for speaker in sorted(speakers_of(parts[part]))]
        for part in parts
    }
    dropped = keys_to_drop(config.data)
    left_out = {"dropped": sorted(dropped)} if dropped else {}
    return {**fold.split_record(), "speakers": speakers, **left_out}


def dropped_by(config: ExperimentConfig, kind: str) -> list[dict]:
    """Key, file and broken rules of each utterance that the recipe leaves out.

    Args:
        config: the recipe.
        kind: "emotions" or "transcripts".
    """
    path = getattr(config.data, kind)
    dropped = keys_to_drop(config.data)
    if not dropped or path is None:
        return []
    return describe_dropped(Manifest.read(pathlib.Path(path)), path, dropped)


def check_sounding(manifest: Manifest) -> None:
    """Refuse sound files without sound, by their headers.

    Raises:
        AudioError: naming the first.
    """
    for utterance in manifest:
        try:
            sounding = soundfile.info(utterance.path).frames > 0
        except (soundfile.LibsndfileError, TypeError):  # TypeError: name in .raw
            sounding = False
        if not sounding:
            read_audio(utterance.path)  # says what is wrong


def _manifest(config: ExperimentConfig, kind: str) -> Manifest:
    path = getattr(config.data, kind)
    if path is None:
        raise ConfigError(
            f"data.{kind}: the recipe names no manifest. Add `{kind}: FILE` under "
            "`data`, or give it on the command line as data."
            f"{kind}=FILE."
        )
    whole = Manifest.read(pathlib.Path(path))
    dropped = keys_to_drop(config.data)
    manifest = without_dropped(whole, dropped, path)
    for utterance in manifest:
        if not os.path.isfile(utterance.path):
            read_audio(utterance.path)  # says what is wrong
    refuse_errors(whole, path, dropped, config.data.features)
    return manifest


def _student_fold(config: ExperimentConfig) -> tuple[Fold, tuple[str, ...]]:
    """The student's parts, whoever chooses its epoch."""
    manifest, classes = labelled_manifest(config)
    data = config.data
    fold = hold_out_speakers(
        manifest, data.test_speakers, data.validation_speakers, seed=config.seed
    )
    check_sounding(fold.test)
    return fold, classes


def _check_apart(teachers: Fold, students: Fold) -> None:
    """Refuse a teacher's fold that hears a test file of the student's."""
    tested = {os.path.realpath(utterance.path) for utterance in students.test}
    for utterance in (*teachers.train, *teachers.validation):
        if os.path.realpath(utterance.path) in tested:
            raise ProtocolError(
                f"{utterance.path}: the teacher would hear this test file of the "
                f"student, as {utterance.speaker!r} of dataset {utterance.dataset!r}. "
                "Give its speaker and dataset the same names in both manifests."
            )


def _those_of(part: Manifest, manifest: Manifest) -> tuple[str, ...]:
    """Speakers of `manifest` who may be one of `part`, as it names them."""
    same = shared(speakers_of(manifest), speakers_of(part))
    return tuple(dict.fromkeys(name for _, name in same))

"""Parts of a recipe's data: faults are found before anything is trained."""

import dataclasses
import json
import os
import pathlib

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import (
    AudioError,
    ConfigError,
    ManifestError,
    ProtocolError,
)
from satn_keras.experiments.splits import (
    describe_split,
    shared,
    speakers_of,
    student_fold,
    teacher_fold,
    with_absolute_paths,
)


@pytest.fixture
def utterances(small_manifest):
    return list(Manifest.read(small_manifest))


@pytest.fixture
def recipe(tmp_path):
    """Function from utterances by kind of manifest, and settings, to a recipe."""

    def make(emotions=None, transcripts=None, **data):
        for kind, utterances in (("emotions", emotions), ("transcripts", transcripts)):
            if utterances is not None:
                data[kind] = str(tmp_path / f"{kind}.csv")
                Manifest(utterances).write(data[kind])
        return ExperimentConfig(data=data)

    return make


def changed(utterances, key, **fields):
    return [
        dataclasses.replace(one, **fields) if one.key == key else one
        for one in utterances
    ]


def test_the_student_s_parts_are_the_speakers_that_the_recipe_names(utterances, recipe):
    config = recipe(utterances, test_speakers=["eva"], validation_speakers=["dirk"])
    fold, classes = student_fold(config)
    assert fold.test.speakers == ("eva",)
    assert fold.validation.speakers == ("dirk",)
    assert fold.train.speakers == ("anna", "bert", "cora")
    assert classes == ("angry", "happy", "sad")


def test_classes_keep_the_order_of_the_recipe(utterances, recipe):
    config = recipe(utterances, classes=["sad", "happy", "angry"])
    assert student_fold(config)[1] == ("sad", "happy", "angry")


def test_a_recipe_without_labelled_speech_says_which_key_is_missing():
    with pytest.raises(ConfigError, match=r"data\.emotions: .*data\.emotions=FILE"):
        student_fold(ExperimentConfig())


def test_a_recipe_without_transcripts_says_which_key_is_missing():
    with pytest.raises(ConfigError, match=r"data\.transcripts: .*transcripts=FILE"):
        teacher_fold(ExperimentConfig())


def test_a_missing_manifest_is_named(tmp_path):
    config = ExperimentConfig(data={"emotions": str(tmp_path / "none.csv")})
    with pytest.raises(ManifestError, match=r"none\.csv: no such file"):
        student_fold(config)


@pytest.mark.parametrize("label", ["sadd", ""])
@pytest.mark.parametrize("key", ["anna_sad_0", "dirk_sad_0", "eva_sad_0"])
def test_a_label_outside_the_classes_is_found_in_every_part(
    utterances, recipe, key, label
):
    config = recipe(
        changed(utterances, key, label=label), classes=["angry", "happy", "sad"]
    )
    with pytest.raises(ManifestError, match=rf"'{key}': label '{label}'"):
        student_fold(config)


def test_one_class_is_not_enough(utterances, recipe):
    happy = [one for one in utterances if one.label == "happy"]
    with pytest.raises(ConfigError, match=r"data\.classes: .* two\. Received: happy"):
        student_fold(recipe(happy))


def test_an_empty_validation_part_is_refused_since_it_chooses_the_epoch(
    utterances, recipe
):
    config = recipe(utterances, utterances, validation_speakers=0)
    with pytest.raises(ConfigError, match=r"data\.validation_speakers: .* empty"):
        student_fold(config)
    config = recipe(None, utterances, teacher_validation_speakers=0)
    with pytest.raises(ConfigError, match=r"teacher_validation_speakers: .* empty"):
        teacher_fold(config)


def test_a_teacher_is_always_tested(utterances, recipe):
    config = recipe(None, utterances, teacher_test_speakers=0)
    with pytest.raises(ConfigError, match=r"teacher_test_speakers: .* empty"):
        teacher_fold(config)


def test_a_teacher_has_validation_speakers_where_its_student_has_none(
    utterances, recipe
):
    config = recipe(
        utterances, utterances, test_speakers=["eva"], validation_speakers=0
    )
    fold = teacher_fold(config)
    assert fold.test.speakers == ("eva",)
    assert len(fold.validation.speakers) == 1
    assert len(fold.train.speakers) == 3


@pytest.mark.parametrize("key", ["anna_sad_0", "eva_sad_0"])
def test_a_missing_sound_is_found_in_every_part(utterances, recipe, tmp_path, key):
    gone = changed(utterances, key, path=str(tmp_path / "gone.wav"))
    config = recipe(gone, test_speakers=["eva"], validation_speakers=["dirk"])
    with pytest.raises(AudioError, match=r"gone\.wav: no such sound file"):
        student_fold(config)


@pytest.mark.parametrize("content", [b"no sound", b""])
def test_a_test_file_that_is_no_sound_is_found_before_the_training(
    utterances, recipe, tmp_path, content
):
    path = tmp_path / "text.wav"
    path.write_bytes(content)
    bad = changed(utterances, "eva_sad_0", path=str(path))
    config = recipe(bad, test_speakers=["eva"], validation_speakers=["dirk"])
    with pytest.raises(AudioError, match=r"text\.wav: a sound file must"):
        student_fold(config)


def test_a_teacher_of_the_same_speakers_takes_the_student_s_split(utterances, recipe):
    config = recipe(
        *(utterances, utterances),
        test_speakers=["eva"],
        validation_speakers=["dirk"],
        teacher_test_speakers=["anna"],
    )
    fold = teacher_fold(config)
    assert fold.test.speakers == ("eva",)
    assert fold.validation.speakers == ("dirk",)


def test_a_teacher_of_some_of_the_speakers_still_leaves_out_those_of_the_test(
    utterances, recipe
):
    some = [one for one in utterances if one.speaker in ("anna", "bert", "cora")]
    config = recipe(
        *(utterances, some),
        test_speakers=["anna", "eva"],
        validation_speakers=["dirk"],
    )
    fold = teacher_fold(config)
    assert fold.test.speakers == ("anna",)
    assert len(fold.validation.speakers) == 1


def test_a_teacher_leaves_out_who_is_tested_under_a_joined_name(utterances, recipe):
    own = [dataclasses.replace(one, dataset="own") for one in utterances]
    joined = [
        dataclasses.replace(one, speaker=f"own-{one.speaker}")
        for one in own
        if one.speaker != "cora"
    ]
    fold = teacher_fold(recipe(joined, own, test_speakers=["own-eva"]))
    assert fold.test.speakers == ("eva",)


def test_a_teacher_of_another_corpus_takes_a_split_of_its_own(utterances, recipe):
    others = [dataclasses.replace(one, dataset="other") for one in utterances]
    for number, one in enumerate(others):  # the same names, other people
        copy = pathlib.Path(one.path).with_name(f"other_{number}.wav")
        copy.write_bytes(pathlib.Path(one.path).read_bytes())
        others[number] = dataclasses.replace(one, path=str(copy))
    config = recipe(
        *(utterances, others), test_speakers=["eva"], teacher_test_speakers=["anna"]
    )
    assert teacher_fold(config).test.speakers == ("anna",)


def test_a_corpus_without_a_name_may_hold_the_same_people(utterances, recipe):
    unnamed = [dataclasses.replace(one, dataset="") for one in utterances]
    config = recipe(
        *(utterances, unnamed), test_speakers=["eva"], teacher_test_speakers=["anna"]
    )
    assert teacher_fold(config).test.speakers == ("eva",)


def test_a_teacher_may_not_hear_a_test_file_under_another_name(utterances, recipe):
    renamed = [
        dataclasses.replace(one, dataset="other", speaker=f"s_{one.speaker}")
        for one in utterances
    ]
    config = recipe(
        *(utterances, renamed),
        test_speakers=["eva"],
        teacher_test_speakers=["s_anna"],
        teacher_validation_speakers=["s_bert"],
    )
    with pytest.raises(ProtocolError, match=r"eva_\w+\.wav: the teacher would hear"):
        teacher_fold(config)


def test_speech_without_a_transcript_is_refused(utterances, recipe):
    config = recipe(None, changed(utterances, "cora_sad_1", text=""))
    with pytest.raises(ManifestError, match=r"transcripts\.csv: 1 of 30 .*'cora_sad_1"):
        teacher_fold(config)


def test_the_same_name_in_two_datasets_is_two_people():
    ours = {("a", "01"), ("a", "02"), ("", "03")}
    assert shared(ours, {("b", "01")}) == []
    assert shared(ours, {("b", "01"), ("a", "02")}) == [("a", "02")]
    assert shared(ours, {("", "01")}) == [("a", "01")]
    assert shared(ours, {("b", "03")}) == [("", "03")]


def test_a_split_survives_json(utterances, recipe):
    config = recipe(utterances, test_speakers=["eva"], validation_speakers=["dirk"])
    fold, _ = student_fold(config)
    record = describe_split(fold, config)
    assert json.loads(json.dumps(record)) == record
    assert record["speakers"]["test"] == [["small", "eva"]]
    assert len(record["test"]) == 6 and record["test"][0] == "eva_angry_0"
    assert speakers_of(fold.validation) == {("small", "dirk")}


def test_a_recipe_s_manifests_are_found_from_any_folder(small_config, monkeypatch):
    relative = os.path.relpath(small_config.data.emotions)
    data = small_config.data.model_copy(update={"emotions": relative})
    moved = with_absolute_paths(small_config.model_copy(update={"data": data}))
    assert moved.data.emotions == os.path.abspath(small_config.data.emotions)
    assert moved.features == small_config.features

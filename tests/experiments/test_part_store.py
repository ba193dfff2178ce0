"""Training parts are heard in every version, other parts as they are."""

import numpy as np
import pandas as pd
import pytest

from satn_keras.corpora import Manifest
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.emotion_batches import emotion_batches
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.part_store import part_store, versions_of
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.teachers import speech_batches
from satn_keras.phonemes import make_lexicon
from tests.experiments.test_experiment import with_values

AUGMENTATION = {
    "speeds": (0.9,),
    "pitches": (2,),
    "vocal_tracts": (1.1,),
    "noises": {"pink": (10,), "babble": (5,)},
    "reverberations": (0.2,),
}
PLAIN, VERSIONS = 4, 7  # versions without a draw, and all


@pytest.fixture(scope="module")
def config(small_config):
    training = {"augmentation": AUGMENTATION}
    return with_values(
        small_config,
        transfer={"weight": 0.0},
        student_training=training,
        teacher_training=training,
    )


@pytest.fixture(scope="module")
def manifest(small_manifest):
    return Manifest.read(small_manifest).where(speaker=("anna", "bert"))


def batcher_of(kind, config, manifest, run, training):
    front_end = make_front_end(config.features)
    if kind == "student":
        classes = sorted({one.label for one in manifest})
        options = (manifest, classes, front_end, config, run)
        return emotion_batches(*options, training=training)
    lexicon = make_lexicon(config.phonemes)
    inventory = lexicon.inventory([one.text for one in manifest])
    options = (manifest, lexicon, inventory, front_end, config, run)
    return speech_batches(*options, training=training)


@pytest.mark.parametrize("kind", ["student", "teacher"])
def test_a_training_part_has_all_versions_and_another_part_one(
    config, manifest, tmp_path, kind
):
    run = RunDirectory(tmp_path)
    heard = batcher_of(kind, config, manifest, run, training=True)
    assert len(heard.store) == VERSIONS * len(manifest)
    assert heard.store.voice_ids.max() + 1 == VERSIONS * 2  # of two speakers
    judged = batcher_of(kind, config, manifest, run, training=False)
    plain = with_values(config, **{f"{kind}_training": {"augmentation": {}}})
    expected = batcher_of(kind, plain, manifest, run, training=True)
    assert len(judged.store) == len(expected.store) == len(manifest)
    rows = zip(judged.store.every_row(), expected.store.every_row(), strict=True)
    for one, two in rows:
        np.testing.assert_array_equal(one, two)


def test_the_seed_decides_what_is_drawn_and_nothing_else(config, manifest, tmp_path):
    def rows(seed):
        store = part_store(
            manifest,
            make_front_end(config.features),
            config.student_training,
            seed,
            RunDirectory(tmp_path),
            training=True,
        )
        return list(store.every_row())

    one, again, other = rows(1), rows(1), rows(2)
    for row, (first, second) in enumerate(zip(one, again, strict=True)):
        np.testing.assert_array_equal(first, second)
        is_drawn = row >= PLAIN * len(manifest)
        assert np.array_equal(first, other[row]) != is_drawn


def test_a_recipe_without_augmentation_asks_for_the_utterances_alone(small_config):
    settings = small_config.student_training
    versions = versions_of(settings, small_config.seed, training=True)
    assert versions == {"speeds": (1.0,), "changes": ()}


def test_a_run_in_all_versions_ends_as_an_undisturbed_one(
    config, tmp_path, monkeypatch
):
    run_student(config, tmp_path / "undisturbed")
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_student(config, tmp_path / "interrupted")
    monkeypatch.undo()
    run_student(config, tmp_path / "interrupted")
    for name in ("history.csv", "predictions.csv"):
        found = (tmp_path / "interrupted" / name).read_text()
        assert found == (tmp_path / "undisturbed" / name).read_text()
    keys = pd.read_csv(tmp_path / "undisturbed" / "predictions.csv")["key"]
    test = RunDirectory.open(tmp_path / "undisturbed").read_json("split.json")["test"]
    assert sorted(keys) == sorted(test)  # once each

"""`satn prepare --features`: sharded features, or one clear line."""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.corpora import Manifest
from satn_keras.pipelines import ShardIndex


def prepare(*words):
    return CliRunner().invoke(app, ["prepare", *map(str, words)])


def test_the_recipe_s_manifests_become_shards(small_recipe, tmp_path):
    out = tmp_path / "features"
    answer = prepare(
        *("--features", out, "--recipe", small_recipe, "--runner", "DirectRunner"),
        *("--shards", 2, "--", "--direct_num_workers=1"),
    )
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == (
        f"{out}: 30 utterances, 0.00 h, 5 speakers, 3 classes, 0 skipped; 2 shards\n"
    )
    index = ShardIndex.read(out)
    assert index.values["bands"] == 11 and len(index.table) == 30


def test_a_named_manifest_and_settings_change_the_recipe_s(
    small_recipe, small_manifest, tmp_path
):
    manifest = tmp_path / "three.csv"
    Manifest.read(small_manifest)[:3].write(manifest)
    changes = ("features.num_mels=7", "student_training.augmentation.speeds=[1.1, 0.9]")
    words = ("--features", tmp_path / "out", "--recipe", small_recipe, "--shards", 1)
    answer = prepare(manifest, *changes, *words)
    assert answer.exit_code == 0, answer.output
    index = ShardIndex.read(tmp_path / "out")
    assert index.values["bands"] == 7 and index.values["speeds"] == [1.0, 0.9, 1.1]
    assert index.values["utterances"] == 3 and len(index.table) == 9


def test_a_recipe_of_the_package_is_named_as_elsewhere(small_manifest, tmp_path):
    words = ("--features", tmp_path / "out", "--recipe", "nemo-student", "--shards", 1)
    answer = prepare(small_manifest, "features.num_mels=7", *words)
    assert answer.exit_code == 0, answer.output
    assert ShardIndex.read(tmp_path / "out").values["bands"] == 7


def test_a_recipe_s_path_is_no_setting(small_recipe, small_manifest, tmp_path):
    path = tmp_path / "seed=7.yaml"
    path.write_bytes(small_recipe.read_bytes())
    words = ("--features", tmp_path / "out", "--recipe", path, "--shards", 1)
    answer = prepare(small_manifest, *words)
    assert answer.exit_code == 0, answer.output
    assert ShardIndex.read(tmp_path / "out").values["bands"] == 11


def test_a_recipe_that_would_refuse_the_features_is_told_so(small_recipe, tmp_path):
    words = ("--features", tmp_path / "out", "--recipe", small_recipe)
    answer = prepare("teacher_training.augmentation.reverberations=[0.3]", *words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: --features: prepared features hold utt")
    assert "Reverberation(seconds=0.3, seed=3) is asked for. Leave" in answer.stderr
    assert answer.stderr.count("\n") == 1 and not (tmp_path / "out").exists()


def test_every_bad_file_has_a_line_unless_it_is_skipped(
    small_recipe, small_manifest, tmp_path
):
    bad, good = Manifest.read(small_manifest)[:2], Manifest.read(small_manifest)[2:4]
    bad = [dataclasses.replace(one, path=f"/absent/{one.key}.wav") for one in bad]
    manifest = tmp_path / "bad.csv"
    Manifest([*bad, *good]).write(manifest)
    words = ("--features", tmp_path / "out", "--recipe", small_recipe, "--shards", 1)
    answer = prepare(manifest, *words)
    assert answer.exit_code == 2
    *faults, last = answer.stderr.splitlines()
    assert len(faults) == 2
    assert all("no such sound file" in line and "/absent/" in line for line in faults)
    assert last == (
        "satn: 2 of 4 files cannot be read. Mend them and run the same command again, "
        "or leave them out with --skip-bad."
    )
    answer = prepare(manifest, *words, "--skip-bad")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.endswith(
        "2 utterances, 0.00 h, 1 speakers, 2 classes, 2 skipped; 1 shards\n"
    )
    assert answer.stderr.count("satn: note: skipped: ") == 2
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert len(index["skipped"]) == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--features", "x"), "--features: needs the settings of a recipe. Add --rec"),
        (("--features", "x", "--out", "m.csv"), "--out: makes a manifest, which"),
        (("nemo", "x", "--out", "m.csv", "--shards", "3"), "--shards: belongs to --f"),
        (("nemo", "x", "--out", "m.csv", "--skip-bad"), "--skip-bad: belongs to --f"),
        (("nemo", "x"), "satn prepare: takes CORPUS ROOT --out MANIFEST, or "),
        ((), "satn prepare: takes CORPUS ROOT --out MANIFEST, or [MANIFEST] --feat"),
    ],
)
def test_words_that_do_not_belong_together_are_one_line(words, line):
    answer = prepare(*words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"satn: {line}")
    assert answer.stderr.count("\n") == 1


def test_a_recipe_without_manifests_and_two_manifests_are_one_line(tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("seed: 1\n")
    words = ("--features", tmp_path / "out", "--recipe", recipe)
    answer = prepare(*words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: --features: no manifest is named, and none")
    answer = prepare("a.csv", "b.csv", *words)
    assert answer.stderr.startswith("satn: b.csv: --features takes one manifest.")


def test_an_unknown_runner_is_one_line(small_recipe, tmp_path):
    words = ("--features", tmp_path / "out", "--recipe", small_recipe)
    answer = prepare(*words, "--runner", "Fantasy")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("satn: --runner: Unexpected pipeline runner: Fan")
    assert answer.stderr.count("\n") == 1

"""A run's folder: made once, resumed by the same recipe alone, never half written."""

import json
import os

import pytest
import yaml

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ArtifactError, ConfigError
from satn_keras.experiments.environment import describe_environment
from satn_keras.experiments.run_directory import RunDirectory, replace_text

CONFIG = ExperimentConfig(seed=7)


def test_a_new_run_holds_recipe_environment_and_its_folders(tmp_path):
    run = RunDirectory.create(tmp_path / "a" / "run", CONFIG)
    assert yaml.safe_load((run.path / "config.yaml").read_text())["seed"] == 7
    packages = json.loads((run.path / "environment.json").read_text())["packages"]
    assert {"tensorflow", "keras", "numpy"} <= packages.keys()
    assert run.checkpoints.is_dir() and run.figures.is_dir()
    assert run.config == CONFIG


def test_the_same_recipe_finds_the_same_run_again(tmp_path):
    RunDirectory.create(tmp_path, CONFIG).write_text("history.csv", "epoch\n")
    again = RunDirectory.create(tmp_path, ExperimentConfig(seed=7))
    assert (again.path / "history.csv").read_text() == "epoch\n"


def test_another_recipe_is_refused_and_nothing_is_overwritten(tmp_path):
    RunDirectory.create(tmp_path, CONFIG)
    before = (tmp_path / "config.yaml").read_text()
    for make in (RunDirectory.plan, RunDirectory.create):
        with pytest.raises(ConfigError, match=r"config\.yaml: .* another recipe\. Ch"):
            make(tmp_path, ExperimentConfig(seed=8))
    assert (tmp_path / "config.yaml").read_text() == before


def test_a_planned_run_writes_nothing(tmp_path):
    run = RunDirectory.plan(tmp_path / "run", CONFIG)
    assert not run.path.exists()
    assert not run.is_finished


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(ConfigError, match=r"file.*must be writable \(.+\)\. Choo"):
            RunDirectory.create(path, CONFIG)


def test_a_damaged_recipe_of_a_run_is_named(tmp_path):
    RunDirectory.create(tmp_path, CONFIG)
    (tmp_path / "config.yaml").write_text("seed: [1")
    with pytest.raises(ConfigError, match=r"config\.yaml: not valid YAML"):
        RunDirectory.create(tmp_path, CONFIG)


def test_a_folder_without_a_run_cannot_be_opened(tmp_path):
    with pytest.raises(ArtifactError, match=r"no run here .*`satn train --out`"):
        RunDirectory.open(tmp_path)


def test_scores_end_a_run_and_a_best_epoch_or_a_backup_begins_it(tmp_path):
    run = RunDirectory.create(tmp_path, CONFIG)
    assert (run.has_trained, run.is_finished) == (False, False)
    backup = run.checkpoints / "backup" / "epoch_0_batch_2"
    backup.mkdir(parents=True)
    assert run.has_trained and not run.has_finished_epoch
    backup.rmdir()
    run.write_text("checkpoints/best.json", "{}")
    assert (run.has_trained, run.is_finished) == (True, False)
    run.write_json("metrics.json", {})
    assert run.is_finished


@pytest.mark.parametrize("text", [None, "", '{"ua": 0.'])
def test_a_missing_or_damaged_file_of_a_run_is_named(tmp_path, text):
    run = RunDirectory.create(tmp_path, CONFIG)
    if text is not None:
        (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(ArtifactError, match=r"metrics\.json: missing or damaged"):
        run.read_json("metrics.json")


def test_a_damaged_model_of_a_run_is_named(tmp_path):
    run = RunDirectory.create(tmp_path, CONFIG)
    (tmp_path / "student.keras").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(ArtifactError, match=r"student\.keras: damaged") as caught:
        run.read_model("student.keras")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_finished_leaves_the_old_one_and_no_rest(
    tmp_path, monkeypatch
):
    run = RunDirectory.create(tmp_path, CONFIG)
    run.write_json("metrics.json", {"ua": 0.5})
    before = sorted(os.listdir(tmp_path))

    def refuse(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match=r"No space.*metrics\.json"):
        run.write_json("metrics.json", {"ua": 0.6})
    assert run.read_json("metrics.json") == {"ua": 0.5}
    assert sorted(os.listdir(tmp_path)) == before


def test_processes_of_one_number_do_not_write_into_each_other_s_file(
    tmp_path, monkeypatch
):
    sources, replace = [], os.replace

    def noted(source, target):
        sources.append(source)
        replace(source, target)

    monkeypatch.setattr(os, "replace", noted)
    for text in ("one", "other"):  # this process has one number
        replace_text(tmp_path / "file", text)
    assert len(set(sources)) == 2


def test_text_outside_ascii_is_kept_as_it_is(tmp_path):
    run = RunDirectory.create(tmp_path, CONFIG)
    run.write_json("labels.json", ["złość"])
    assert "złość" in (tmp_path / "labels.json").read_text(encoding="utf-8")
    assert run.read_json("labels.json") == ["złość"]


def test_a_package_under_another_name_is_no_error(monkeypatch):
    monkeypatch.setattr(
        "satn_keras.experiments.environment.PACKAGES", ("keras", "no-such-package")
    )
    environment = describe_environment()
    assert "/physical_device:CPU:0" in environment["devices"]
    packages = environment["packages"]
    assert packages["no-such-package"] is None
    assert packages["keras"].startswith("3.")

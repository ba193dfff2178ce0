"""Whole trainings with an adversary, balanced rows and a weight that changes."""

import pandas as pd
import pytest
from pydantic import ValidationError

from satn_keras.errors import ConfigError
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.experiment import run_student
from satn_keras.experiments.features import make_front_end
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.student_trainer import make_network
from tests.experiments.test_experiment import with_values

TRAINING = {"adversarial_weight": 0.3, "adversarial_units": 7, "sampling": "both"}
TRANSFER = {"annealing": "linear", "annealing_direction": "up", "annealed_epochs": 2}


@pytest.fixture(scope="module")
def config(small_config):
    return with_values(small_config, student_training=TRAINING, transfer=TRANSFER)


@pytest.fixture(scope="module")
def undisturbed(config, teacher_run, tmp_path_factory):
    path = tmp_path_factory.mktemp("regular") / "undisturbed"
    run_student(config, path, teacher_run)
    return path


def test_the_history_tells_of_speakers_maps_and_weights(undisturbed):
    history = pd.read_csv(undisturbed / "history.csv")
    columns = {"speaker_loss", "student_entropy", "val_teacher_entropy"}
    assert columns <= set(history.columns)
    assert "val_speaker_loss" not in history.columns
    assert history["transfer_weight"].tolist() == [0.0, 0.5]
    assert 0 < history["teacher_entropy"][0] <= 1


def test_the_kept_student_has_its_own_layers_alone(undisturbed, student):
    model = RunDirectory.open(undisturbed).read_model("student.keras")
    assert model.count_params() == student.model.count_params()
    assert not any("speaker" in weight.path for weight in model.weights)


def test_an_interrupted_run_ends_as_the_undisturbed_one(
    config, undisturbed, teacher_run, tmp_path, monkeypatch
):
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_student(config, tmp_path / "run", teacher_run)
    monkeypatch.undo()
    run_student(config, tmp_path / "run", teacher_run)
    for name in ("history.csv", "predictions.csv"):
        assert (tmp_path / "run" / name).read_text() == (undisturbed / name).read_text()


def test_mixtures_have_the_shares_of_two_speakers(small_config, tmp_path):
    config = with_values(
        small_config,
        transfer={"weight": 0.0},
        student={"statistics_weight": 1.0},
        student_training={**TRAINING, "mixup": 0.5, "epochs": 1},
    )
    run_student(config, tmp_path / "run")
    assert "speaker_loss" in pd.read_csv(tmp_path / "run" / "history.csv").columns


def test_one_training_speaker_cannot_be_hidden(small_config, tmp_path):
    config = with_values(
        small_config,
        data={"validation_speakers": 3},
        transfer={"weight": 0.0},
        student_training=TRAINING,
    )
    with pytest.raises(ConfigError, match="needs two or more speakers to train on"):
        run_student(config, tmp_path / "run")


@pytest.mark.parametrize("join", ["gated", "late"])
def test_the_streams_of_a_recipe_reach_the_network(small_config, join):
    config = with_values(
        small_config,
        features={"streams": ["log_mel", "prosody"]},
        student={"stream_join": join},
    )
    front_end = make_front_end(config.features)
    assert front_end.stream_bands == (11, 26)
    network = make_network(config, 3, front_end)
    names = {layer.name for layer in network.layers}
    assert {"gated": "streams", "late": "stream_2_level_1"}[join] in names


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"student_training": {"sampling": "both", "class_weights": "balanced"}},
            "a rare one would count twice",
        ),
        (
            {"student_training": {"adversarial_units": 7}},
            "`adversarial_units` has no effect where `adversarial_weight` is 0",
        ),
        (
            {"transfer": {"annealing": "cosine", "weight": 0.0}},
            "`annealing` cosine changes `weight`",
        ),
        (
            {"student": {"stream_join": "late"}},
            "`student.stream_join` late joins two or more `features.streams`",
        ),
        ({"transfer": {"annealed_epochs": 3}}, "have no effect on `annealing` none"),
        ({"transfer": {"annealing_direction": "up"}}, "have no effect on `annealing`"),
        (
            {"transfer": {"weight": 0.0}, "system": {"name": "gmm_hmm"}}
            | {"student_training": {"sampling": "classes"}},
            "`student_training.sampling` has no effect on the system gmm_hmm",
        ),
        (
            {"transfer": {"weight": 0.0}, "system": {"name": "dnn_elm"}}
            | {"features": {"normalization": "speaker", "speaker_prior_seconds": 1}},
            "`features.speaker_prior_seconds` has no effect on the system dnn_elm",
        ),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(small_config, sections, message):
    with pytest.raises(ValidationError, match=message):
        with_values(small_config, **sections)

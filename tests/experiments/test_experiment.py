"""Whole runs: what they refuse, what they keep, what they can never have heard."""

import inspect
import json
import pathlib
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.metrics import balanced_accuracy_score, recall_score

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ArtifactError, AudioError, ConfigError, ProtocolError
from satn_keras.experiments import experiment, libraries
from satn_keras.experiments.backup import Backup
from satn_keras.experiments.experiment import run_student, run_teacher
from satn_keras.experiments.heard import heard_by
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher, train_teacher


def with_values(config, **sections):
    """The recipe with some values of some sections changed."""
    values = config.model_dump()
    for name, section in sections.items():
        values[name] = {**values[name], **section}
    return ExperimentConfig.model_validate(values)


@pytest.fixture(scope="session")
def alone(small_config):
    """The small recipe for one epoch without a teacher."""
    return with_values(
        small_config, transfer={"weight": 0.0}, student_training={"epochs": 1}
    )


@pytest.fixture(scope="session")
def alone_run(alone, tmp_path_factory):
    """Run folder of that recipe."""
    path = tmp_path_factory.mktemp("alone") / "run"
    run_student(alone, path)
    return path


def read(path, name):
    return json.loads((path / name).read_text(encoding="utf-8"))


def no_training(*args, **kwargs):
    pytest.fail("trained")


# What a run leaves behind


def test_a_student_s_run_holds_all_that_is_needed_to_judge_it(student_run):
    names = {path.name for path in student_run.iterdir()}
    assert names >= {
        *("config.yaml", "environment.json", "split.json", "history.csv"),
        *("predictions.csv", "metrics.json", "checkpoints", "figures", "report.md"),
    }


def test_predictions_are_one_posterior_for_each_test_utterance(student_run):
    table = pd.read_csv(student_run / "predictions.csv")
    classes = ["angry", "happy", "sad"]
    assert list(table.columns) == ["key", "speaker", "truth", *classes]
    assert sorted(table["key"]) == sorted(read(student_run, "split.json")["test"])
    assert set(table["speaker"]) == {"eva"}
    assert (table["key"] == "eva_" + table["truth"] + "_" + table["key"].str[-1]).all()
    np.testing.assert_allclose(table[classes].sum(axis=1), 1, atol=1e-5)


def test_scores_are_those_that_scikit_learn_finds_in_the_predictions(student_run):
    table = pd.read_csv(student_run / "predictions.csv")
    classes = ["angry", "happy", "sad"]
    decided = table[classes].idxmax(axis=1)
    metrics = read(student_run, "metrics.json")
    expected = balanced_accuracy_score(table["truth"], decided)
    assert metrics["ua"] == pytest.approx(expected)
    assert metrics["wa"] == pytest.approx((table["truth"] == decided).mean())
    recalls = recall_score(table["truth"], decided, labels=classes, average=None)
    assert list(metrics["recall"].values()) == pytest.approx(list(recalls))
    assert metrics["ua_interval"]["value"] == pytest.approx(expected)


def test_the_best_epoch_of_the_history_is_the_selected_one(student_run):
    history = pd.read_csv(student_run / "history.csv")
    assert history["epoch"].tolist() == [0, 1]
    best = history.sort_values(
        ["val_ua", "val_emotion_loss"], ascending=[False, True]
    ).iloc[0]
    selected = read(student_run, "metrics.json")["selected"]
    assert selected["epoch"] == best["epoch"] + 1
    assert selected["val_ua"] == pytest.approx(best["val_ua"])


@pytest.mark.parametrize("kind", ["student", "teacher"])
def test_every_figure_of_a_report_exists(kind, request):
    path = request.getfixturevalue(f"{kind}_run")
    text = (path / "report.md").read_text(encoding="utf-8")
    figures = [line.split("](")[1][:-1] for line in text.splitlines() if "![" in line]
    assert len(figures) == {"student": 4, "teacher": 2}[kind]
    for figure in figures:
        assert (path / figure).read_bytes().startswith(b"\x89PNG")
    assert "eva" in text and "dirk" in text


def test_a_teacher_s_run_holds_rates_by_greedy_and_by_beam_search(teacher_run):
    metrics = read(teacher_run, "metrics.json")
    assert metrics["per"] == metrics["joint"]["per"]
    assert metrics["joint"]["beam_width"] == 8
    # "ab" and "ba a" in three manners by one speaker: 3 * (2 + 3) letters
    assert metrics["greedy"]["num_tokens"] == metrics["joint"]["num_tokens"] == 15
    lines = pd.read_csv(teacher_run / "transcripts.csv", keep_default_na=False)
    assert sorted(lines["key"]) == sorted(read(teacher_run, "split.json")["test"])
    assert set(lines["reference"]) == {"a b", "b a | a"}


def test_a_trained_teacher_and_student_load_again(teacher_run, student_run):
    teacher = Teacher.load(RunDirectory.open(teacher_run))
    assert teacher.inventory.tokens[5:] == ("a", "b")
    student = Student.load(RunDirectory.open(student_run))
    assert student.classes == ("angry", "happy", "sad")
    statistics = read(student_run, "statistics.json")
    found = student.front_end.normalization.mean.numpy()
    np.testing.assert_allclose(found, np.asarray(statistics[0]), rtol=1e-6)


def test_a_run_of_the_other_kind_is_refused_with_the_remedy(teacher_run, student_run):
    with pytest.raises(ArtifactError, match="no trained student here.*--task student"):
        Student.load(RunDirectory.open(teacher_run))
    with pytest.raises(ArtifactError, match="no trained teacher here.*--task teacher"):
        Teacher.load(RunDirectory.open(student_run))


def test_a_damaged_student_is_one_clear_error(student_run, tmp_path):
    copy = shutil.copytree(student_run, tmp_path / "copy")
    whole = (copy / "student.keras").read_bytes()
    for content in (b"", whole[: len(whole) // 2]):
        (copy / "student.keras").write_bytes(content)
        with pytest.raises(ArtifactError, match=r"student\.keras: damaged"):
            Student.load(RunDirectory.open(copy))


# Repeating and resuming


def test_a_finished_run_is_returned_without_training(
    small_config, student_run, teacher_run, monkeypatch
):
    monkeypatch.setattr(Student, "train", no_training)
    monkeypatch.setattr(experiment, "train_teacher", no_training)
    student = run_student(small_config, student_run, teacher_run)
    assert student.classes == ("angry", "happy", "sad")
    assert len(run_teacher(small_config, teacher_run).inventory) == 7


def test_the_same_seed_gives_the_same_predictions_to_the_bit(
    alone, alone_run, tmp_path
):
    run_student(alone, tmp_path / "again")
    ours = (tmp_path / "again" / "predictions.csv").read_bytes()
    assert ours == (alone_run / "predictions.csv").read_bytes()


def test_an_interrupted_run_resumes_and_ends_as_any_other(alone, tmp_path, monkeypatch):
    config = with_values(alone, student_training={"epochs": 2})
    save = Backup.on_epoch_end

    def interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Backup, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_student(config, tmp_path)
    assert not RunDirectory.open(tmp_path).is_finished
    monkeypatch.undo()
    run_student(config, tmp_path)
    assert pd.read_csv(tmp_path / "history.csv")["epoch"].tolist() == [0, 1]
    assert RunDirectory.open(tmp_path).is_finished


@pytest.mark.parametrize("trained", ["best.json", "backup/epoch_0_batch_1/a.npz"])
def test_a_run_is_not_resumed_with_other_utterances(
    alone, tmp_path, monkeypatch, trained
):
    run = RunDirectory.create(tmp_path, alone)
    (run.checkpoints / trained).parent.mkdir(parents=True, exist_ok=True)
    run.write_text(f"checkpoints/{trained}", "{}")
    run.write_json("split.json", {"sha256": "of another division"})
    monkeypatch.setattr(Student, "train", no_training)
    with pytest.raises(ProtocolError, match=r"split\.json: .* have changed since"):
        run_student(alone, tmp_path)
    assert run.read_json("split.json") == {"sha256": "of another division"}


def test_a_finished_student_is_not_taken_for_one_of_another_teacher(
    student_run, small_config, tmp_path, monkeypatch
):
    shutil.copytree(student_run, tmp_path / "student")
    split = read(tmp_path / "student", "split.json")
    split["teacher"] = "0" * 64  # of another teacher's file
    (tmp_path / "student" / "split.json").write_text(json.dumps(split))
    monkeypatch.setattr(Student, "train", no_training)
    teacher = student_run.parent / "teacher"
    with pytest.raises(ProtocolError, match="the teacher have changed since"):
        run_student(small_config, tmp_path / "student", teacher)


def test_a_teacher_s_folder_is_no_place_for_a_student(teacher_run, small_config):
    config = with_values(small_config, transfer={"weight": 0.0})
    with pytest.raises(ConfigError, match="another recipe"):
        run_student(config, teacher_run)
    with pytest.raises(ConfigError, match="holds a teacher, not a student"):
        run_student(small_config, teacher_run, teacher_run)


def test_a_failed_start_leaves_an_empty_folder_empty(alone, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise ConfigError("no")

    monkeypatch.setattr(Student, "train", fail)
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(ConfigError, match="no"):
        run_student(alone, tmp_path)
    assert [child.name for child in tmp_path.iterdir()] == ["mine.txt"]


# Test speech has no way in


@pytest.mark.parametrize("train", [Student.train, train_teacher])
def test_training_takes_no_fold_and_no_test_part(train):
    names = set(inspect.signature(train).parameters)
    assert {"train", "validation"} <= names
    assert not {"test", "fold"} & names


def test_other_validation_and_test_speech_changes_neither_statistics_nor_weights(
    alone, alone_run, small_manifest, tmp_path
):
    manifest = tmp_path / "manifest.csv"
    noise = np.random.default_rng(5).standard_normal(9000) / 9
    frame = Manifest.read(small_manifest).to_frame()
    held_out = frame["speaker"].isin(["dirk", "eva"])
    for row in frame.index[held_out]:
        frame.loc[row, "path"] = str(tmp_path / f"{frame.loc[row, 'key']}.wav")
        soundfile.write(frame.loc[row, "path"], noise * (1 + row) / 40, 16000)
    Manifest.from_frame(frame).write(manifest)
    config = with_values(alone, data={"emotions": str(manifest)})
    other = run_student(config, tmp_path / "run")
    expected = Student.load(RunDirectory.open(alone_run))
    assert read(tmp_path / "run", "statistics.json") == read(
        alone_run, "statistics.json"
    )
    weights = zip(other.model.weights, expected.model.weights, strict=True)
    for ours, theirs in weights:
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=ours.path)
    # The change was heard where it should be.
    tables = [
        pd.read_csv(path / "predictions.csv") for path in (tmp_path / "run", alone_run)
    ]
    assert not np.allclose(tables[0]["sad"], tables[1]["sad"])


def test_statistics_are_those_of_the_training_speakers(alone_run, small_manifest):
    import python_speech_features

    frames = []
    for utterance in Manifest.read(small_manifest):
        if utterance.speaker in ("anna", "bert", "cora"):
            sound, rate = soundfile.read(utterance.path, dtype="int16")
            frames.append(
                python_speech_features.logfbank(sound, rate, nfilt=11, nfft=512)
            )
    mean, deviation = read(alone_run, "statistics.json")
    expected = np.concatenate(frames)
    found = np.asarray(mean)[:, 0], np.asarray(deviation)[:, 0]
    np.testing.assert_allclose(found[0], expected.mean(axis=0), rtol=0, atol=1e-3)
    np.testing.assert_allclose(found[1], expected.std(axis=0), rtol=0, atol=1e-3)


# Teachers that a student may not have


def teacher_that_heard(folder, source, speakers, part="train"):
    """Copy of a teacher's run whose split says that it heard other speakers."""
    shutil.copytree(source, folder)
    split = read(folder, "split.json")
    split["speakers"][part] = speakers
    (folder / "split.json").write_text(json.dumps(split))
    return folder


@pytest.mark.parametrize("part", ["train", "validation", "initial"])
@pytest.mark.parametrize("dataset", ["small", ""])
def test_a_teacher_that_heard_a_test_speaker_is_refused(
    small_config, teacher_run, tmp_path, part, dataset
):
    heard = [[dataset, "eva"], ["small", "zoe"]]
    teacher = teacher_that_heard(tmp_path / "teacher", teacher_run, heard, part)
    with pytest.raises(ProtocolError, match=r"teacher: this model .* \(eva\)"):
        run_student(small_config, tmp_path / "student", teacher)
    assert not (tmp_path / "student").exists()


def test_a_namesake_in_another_dataset_is_another_speaker(
    small_config, teacher_run, tmp_path, monkeypatch
):
    teacher = teacher_that_heard(
        tmp_path / "teacher", teacher_run, [["other", "eva"]], "train"
    )
    monkeypatch.setattr(Student, "train", no_training)
    with pytest.raises(pytest.fail.Exception, match="trained"):
        run_student(small_config, tmp_path / "student", teacher)


def test_an_initial_teacher_that_heard_a_test_speaker_is_refused(
    small_config, teacher_run, tmp_path
):
    initial = teacher_that_heard(tmp_path / "a", teacher_run, [["small", "eva"]])
    with pytest.raises(ProtocolError, match=r"\(eva\)"):
        run_teacher(small_config, tmp_path / "b", initial)
    assert not (tmp_path / "b").exists()


def test_a_student_has_heard_whom_its_teacher_heard(student_run):
    heard = heard_by(RunDirectory.open(student_run))
    assert {name for _, name in heard} == {"anna", "bert", "cora", "dirk"}
    assert "teacher" in read(student_run, "split.json")["speakers"]


@pytest.mark.parametrize(
    ("key", "value"), [("num_mels", 13), ("normalization", "utterance")]
)
def test_a_teacher_with_other_features_is_refused_by_the_key_that_differs(
    small_config, teacher_run, tmp_path, key, value
):
    config = with_values(small_config, features={key: value})
    theirs = getattr(small_config.features, key)
    message = rf"features\.{key}: {value!r}, but the teacher .* with {theirs!r}\. Set"
    with pytest.raises(ConfigError, match=message):
        run_student(config, tmp_path / "student", teacher_run)
    assert not (tmp_path / "student").exists()


def test_transfer_without_a_teacher_is_refused(small_config, tmp_path):
    with pytest.raises(ConfigError, match=r"transfer\.weight: 1\.0 needs a teacher"):
        run_student(small_config, tmp_path / "student")
    assert not (tmp_path / "student").exists()


def test_a_teacher_that_is_not_there_is_named(small_config, tmp_path):
    with pytest.raises(ArtifactError, match=r"nowhere: no run here"):
        run_student(small_config, tmp_path / "student", tmp_path / "nowhere")
    assert not (tmp_path / "student").exists()


def test_maps_that_the_two_models_lack_are_a_fault_of_the_recipe(
    small_config, teacher_run, tmp_path
):
    config = with_values(
        small_config, student={"attention": "soft"}, transfer={"map": "attention"}
    )
    with pytest.raises(ConfigError, match=r"transfer: .* share no layer"):
        run_student(config, tmp_path / "student", teacher_run)
    assert not (tmp_path / "student").exists()


def test_an_initial_teacher_of_other_sizes_or_tokens_is_refused(
    small_config, teacher_run, tmp_path
):
    config = with_values(small_config, teacher={"filters": 6})
    with pytest.raises(ConfigError, match="teacher: the initial teacher has other siz"):
        run_teacher(config, tmp_path / "sizes", teacher_run)
    assert list(tmp_path.iterdir()) == []
    initial = shutil.copytree(teacher_run, tmp_path / "initial")
    tokens = (initial / "tokens.json").read_text()
    (initial / "tokens.json").write_text(tokens.replace('"b"', '"c"'))
    with pytest.raises(ConfigError, match="phonemes: the initial teacher writes 7 tok"):
        run_teacher(small_config, tmp_path / "tokens", initial)
    assert list(tmp_path.iterdir()) == [initial]


def test_a_mistake_leaves_a_folder_that_was_there_before(
    small_config, teacher_run, tmp_path
):
    (tmp_path / "notes.txt").touch()
    config = with_values(small_config, transfer={"pairs": [["level_1", "level_9"]]})
    with pytest.raises(ConfigError, match="transfer: .* no layer named 'level_9'"):
        run_student(config, tmp_path, teacher_run)
    assert (tmp_path / "notes.txt").exists()


def test_training_speech_that_is_no_sound_leaves_nothing_behind(
    alone, small_manifest, tmp_path
):
    frame = Manifest.read(small_manifest).to_frame()
    frame.loc[0, "path"] = str(tmp_path / "text.wav")
    (tmp_path / "text.wav").write_text("no sound")
    Manifest.from_frame(frame).write(tmp_path / "manifest.csv")
    config = with_values(alone, data={"emotions": str(tmp_path / "manifest.csv")})
    with pytest.raises(AudioError, match=r"text\.wav: a sound file must be WAV"):
        run_student(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_without_matplotlib_nothing_is_trained_and_nothing_written(
    alone, tmp_path, monkeypatch
):
    find = libraries.importlib.util.find_spec
    monkeypatch.setattr(
        libraries.importlib.util,
        "find_spec",
        lambda name: None if name == "matplotlib" else find(name),
    )
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[report\]'"):
        run_student(alone, tmp_path / "student")
    assert not (tmp_path / "student").exists()


def test_paths_may_be_strings(small_config, student_run, teacher_run):
    assert run_student(small_config, str(student_run), str(teacher_run)).classes
    assert pathlib.Path(student_run).is_dir()

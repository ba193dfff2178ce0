"""Training on some corpora and testing others, with words of each for the emotions."""

import json

import pytest
from typer.testing import CliRunner

from satn_keras.cli.main import app
from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, relabel
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments.cross_validation import CrossValidation, check_plan
from satn_keras.experiments.crossing import crossing
from satn_keras.experiments.reevaluation import evaluate_run
from tests.support.small_corpus import MANNERS, write_corpus

# What one corpus calls angry another calls anger; the third has no neutral speech.
NEUTRAL = {"neutral": (0.37, 1.0, 0.5)}
CORPORA = {
    "first": (("anna", "bert", "cora"), {**MANNERS, **NEUTRAL}, {}),
    "second": (
        ("dirk", "bert"),
        {**{name: values for name, values in MANNERS.items()}, **NEUTRAL},
        {"angry": "anger", "happy": "joy", "sad": "sadness"},
    ),
    "third": (("eva",), {**MANNERS, "calm": (0.43, 0.9, 0.3)}, {}),
}


@pytest.fixture(scope="module")
def manifests(tmp_path_factory):
    """Path of the manifest of each of three small corpora, with sounds of their own."""
    folder = tmp_path_factory.mktemp("corpora")
    paths = {}
    for place, (name, (speakers, manners, words)) in enumerate(CORPORA.items()):
        stretched = {
            label: (seconds + 0.011 * (place + 1), pitch, gain)
            for label, (seconds, pitch, gain) in manners.items()
        }
        path = write_corpus(folder / name, speakers, stretched, texts=("ab",))
        frame = relabel(Manifest.read(path), words).to_frame().assign(dataset=name)
        paths[name] = folder / f"{name}.csv"
        Manifest.from_frame(frame).write(paths[name])
    return paths


@pytest.fixture(scope="module")
def answer(manifests, small_recipe, tmp_path_factory):
    """Answer of the command, and the folder of the whole."""
    out = tmp_path_factory.mktemp("crossed") / "out"
    words = [
        *("cross-validate", small_recipe, "--out", out),
        *("student_training.epochs=1", "transfer.weight=0"),
        *("--train", manifests["first"]),
        *("--test", manifests["second"], "--test", manifests["third"]),
    ]
    return CliRunner().invoke(app, list(map(str, words))), out


def test_each_test_dataset_is_reported_apart(answer):
    told, out = answer
    assert told.exit_code == 0, told.output
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["classes"] == ["angry", "happy", "neutral", "sad"]
    second, third = metrics["datasets"]["second"], metrics["datasets"]["third"]
    assert (second["num_utterances"], third["num_utterances"]) == (8, 3)
    assert metrics["num_utterances"] == 11
    assert (second["speakers"], third["speakers"]) == (2, 1)
    assert third["absent"] == ["neutral"]
    assert (second["chance"], third["chance"]) == (0.25, pytest.approx(1 / 3))
    for name in ("second", "third"):
        ua = metrics["datasets"][name]["mean"]["ua"]
        assert f"{name}: test ua {ua:.3f}" in told.stdout
    assert "## By test dataset" in (out / "report.md").read_text()


def test_the_scores_are_those_of_each_dataset_s_predictions(answer):
    import pandas as pd

    _, out = answer
    metrics = json.loads((out / "metrics.json").read_text())
    table = pd.read_csv(out / "predictions.csv")
    classes = metrics["classes"]
    right = table[classes].idxmax(axis=1) == table["truth"]
    of_third = table["speaker"] == "eva"
    wa = {"second": right[~of_third].mean(), "third": right[of_third].mean()}
    for name, expected in wa.items():
        assert metrics["datasets"][name]["wa"] == pytest.approx(expected)


def test_equal_names_stay_two_people_and_no_test_speaker_is_heard(answer):
    _, out = answer
    split = json.loads((out / "seed-3" / "second_third" / "split.json").read_text())
    names = {
        part: {name for _, name in speakers}
        for part, speakers in split["speakers"].items()
    }
    assert names["test"] == {"dirk", "second-bert", "eva"}
    assert names["train"] | names["validation"] == {"anna", "first-bert", "cora"}
    joined = Manifest.read(out / "emotions.csv")
    assert {one.dataset for one in joined} == {"first", "second", "third"}


def test_a_run_scores_another_corpus_in_its_own_words(answer, manifests, tmp_path):
    strangers = Manifest.read(manifests["second"]).where(speaker="dirk")
    frame = strangers.to_frame().assign(speaker="frieda", dataset="fourth")
    Manifest.from_frame(frame).write(tmp_path / "fourth.csv")
    run = answer[1] / "seed-3" / "second_third"
    scores, _, _ = evaluate_run(run, tmp_path / "fourth.csv")
    assert scores.num_utterances == 4


def test_who_trained_under_a_joined_name_is_known_by_their_own(
    answer, manifests, tmp_path
):
    heard = Manifest.read(manifests["first"]).where(speaker="bert")
    heard.write(tmp_path / "heard.csv")
    with pytest.raises(ProtocolError, match="speakers bert trained or selected"):
        evaluate_run(answer[1] / "seed-3" / "second_third", tmp_path / "heard.csv")


def test_datasets_of_the_recipe_s_manifest_are_named_by_themselves(answer, tmp_path):
    recipe = {"emotions": str(answer[1] / "emotions.csv")}
    config = ExperimentConfig.model_validate({"data": recipe})
    crossed = crossing(config, tmp_path / "out", ["first"], ["third"])
    assert crossed.protocol.train_datasets == ("first",)
    assert crossed.protocol.test_datasets == ("third",)
    assert crossed.data.classes == "common-4"
    written = Manifest.read(crossed.data.emotions)
    assert {one.dataset for one in written} == {"first", "third"}


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (
            ["nemo"],
            ["first"],
            "dataset 'nemo': not in .*Datasets: first, second, third",
        ),
        (["first"], [], "--test: must name at least one manifest or dataset"),
        (["first"], ["first"], "dataset 'first' is in --train and in --test"),
    ],
)
def test_words_that_name_nothing_are_refused(answer, tmp_path, train, test, message):
    recipe = {"emotions": str(answer[1] / "emotions.csv")}
    config = ExperimentConfig.model_validate({"data": recipe})
    with pytest.raises(ConfigError, match=message):
        crossing(config, tmp_path / "out", train, test)
    assert not (tmp_path / "out").exists()


def test_a_class_that_no_corpus_trains_is_not_tested(manifests, tmp_path):
    config = ExperimentConfig.model_validate(
        {
            "data": {"classes": ["angry", "neutral"], "other_labels": "leave_out"},
            "protocol": {"validation_speakers": 0},
            "student_training": {"selection": "last"},
            "transfer": {"weight": 0},
        }
    )
    train, test = [str(manifests["third"])], [str(manifests["first"])]
    crossed = crossing(config, tmp_path / "out", train, test)
    plan = CrossValidation(crossed, tmp_path / "out")
    with pytest.raises(ProtocolError, match="no training utterance is neutral"):
        check_plan(plan)


def test_a_dataset_without_a_manifest_to_take_it_from_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="the recipe names no manifest to take it fr"):
        crossing(ExperimentConfig(), tmp_path, ["first"], ["third"])

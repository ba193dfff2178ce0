"""Rows of the published tables, against the articles."""

import pytest

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.reproduction import TABLES, Reproduction, rows_of
from satn_keras.experiments.reproduction.reproduce import row_config

SATN = TABLES["satn-table-2"]
PATHS = {"emotions": "e.csv", "transcripts": "t.csv"}


def config_of(table, row, *changes, recipe=None):
    plan = Reproduction(table, "manifest", None, None, changes=changes, recipe=recipe)
    return row_config(row, PATHS, ("protocol.folds=leave_one_speaker_out",), plan)


def rows(table):
    return {row.key: row for row in table.rows}


def test_table_2_has_eight_systems_of_the_package():
    systems = [
        row
        for row in SATN.rows
        if row.control_of is None and row.recipe == "satn-table-2"
    ]
    made = {
        (config.student.encoder, config.student.attention, config.transfer.weight > 0)
        for config in (config_of(SATN, row) for row in systems)
    }
    assert len(systems) == len(made) == 8


@pytest.mark.parametrize(
    "key, figures",  # Zhao et al. 2021, Table 2: DEV WA, DEV UA, TEST WA, TEST UA
    [
        ("blstm-soft", (63.8, 62.9, 59.6, 59.7)),
        ("blstm-self", (63.7, 64.5, 60.0, 60.5)),
        ("blstm-soft-at", (65.6, 65.6, 62.1, 62.2)),
        ("blstm-self-at", (66.9, 68.1, 63.8, 64.5)),
        ("tcn-self-at", (68.6, 69.5, 65.0, 66.1)),
    ],
)
def test_published_figures_are_those_of_the_article(key, figures):
    published = rows(SATN)[key].published
    cells = ("dev_wa", "dev_ua", "wa", "ua")
    assert tuple(published[cell] for cell in cells) == figures


def test_cells_that_no_source_prints_stay_unknown():
    for key in ("tcn-soft", "tcn-self", "tcn-soft-at"):
        assert rows(SATN)[key].published == {}


@pytest.mark.parametrize("row", ["blstm-soft", "blstm-self", "tcn-soft", "tcn-self"])
def test_every_row_with_transfer_has_all_its_controls(row):
    controls = [each for each in SATN.rows if each.control_of == f"{row}-at"]
    plain = config_of(SATN, rows(SATN)[f"{row}-at"])
    transfers = []
    for each in controls:
        config = config_of(SATN, each)
        transfers.append(
            (
                config.transfer.control,
                config.transfer.initialization,
                config.transfer.weight > 0,
                config.transfer.map,
            )
        )
        same = config.model_copy(update={"transfer": plain.transfer})
        assert same == plain  # seeds, batches, sizes: nothing else differs
    assert sorted(transfers) == [
        ("none", "none", True, "attention"),  # the other reading of the article
        ("none", "teacher", False, "activation"),
        ("none", "teacher", True, "activation"),
        ("other_utterance", "none", True, "activation"),
        ("shuffled", "none", True, "activation"),
        ("uniform", "none", True, "activation"),
        ("untrained", "none", True, "activation"),
    ]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_row_has_a_recipe_and_follows_what_it_is_compared_with(table):
    seen = []
    for row in table.rows:
        assert isinstance(config_of(table, row), ExperimentConfig)
        assert row.baseline is None or row.baseline in seen
        assert row.key not in seen
        seen.append(row.key)


def test_rows_of_a_variant_are_left_out_elsewhere():
    table = TABLES["deep-spectrum"]
    there, elsewhere = (
        {row.key for row in rows_of(table, corpus)} for corpus in ("iemocap", "nemo")
    )
    assert there - elsewhere == {"interspeech2018-dataset1"}


def test_an_unknown_row_is_named():
    with pytest.raises(ConfigError, match="--row tcn: .* blstm-soft, "):
        rows_of(SATN, "nemo", ("tcn",))


def test_the_plan_s_changes_reach_every_row_but_not_what_makes_the_row():
    made = config_of(SATN, rows(SATN)["tcn-self"], "transfer.weight=0.3", "seed=4")
    assert (made.transfer.weight, made.seed) == (0, 4)
    made = config_of(SATN, rows(SATN)["tcn-self-at"], "transfer.weight=0.3")
    assert made.transfer.weight == 0.3


def test_the_article_s_systems_can_begin_from_another_recipe():
    made = config_of(
        SATN, rows(SATN)["blstm-soft-at"], "transfer.weight=0.3", recipe="satn"
    )
    assert made.features.streams == ("prosody",)
    assert (made.student.encoder, made.student.attention) == ("blstm", "soft")
    assert made.transfer.weight == 0.3
    assert config_of(SATN, rows(SATN)["tcn-self"], recipe="satn").transfer.weight == 0
    other = config_of(SATN, rows(SATN)["dnn-elm"], recipe="satn")
    assert other.features.streams == ("log_mel",)


def test_what_is_changed_in_the_article_s_network_is_not_asked_of_its_baselines():
    row = rows(SATN)["dnn-elm"]
    made = config_of(
        SATN,
        row,
        "transfer.weight=0.3",
        "student.filters=7",
        "student_training.epochs=3",
    )
    assert made.transfer.weight == 0
    assert made.student_training.epochs == 3


def test_the_partner_of_a_test_speaker_trains_no_machine():
    row = rows(TABLES["baselines"])["egemaps-svm"]
    assert config_of(TABLES["baselines"], row).system.train_on_validation
    session = config_of(
        TABLES["baselines"], row, "protocol.folds=leave_one_session_out"
    )
    assert not session.system.train_on_validation

"""A recipe's folds are those that its section `protocol` names."""

import pytest

from satn_keras.config import ProtocolConfig
from satn_keras.experiments.folds import make_folds
from tests.experiments.folds.divisions import crossed, dialogues, records, scored_keys

FOUR = crossed("abcd", "123")
SESSIONS = dialogues(s1=("f1", "m1"), s2=("f2", "m2"))


def test_the_default_leaves_one_speaker_out():
    folds = make_folds(FOUR, ProtocolConfig(), seed=3)
    assert [fold.test.speakers for fold in folds] == [("a",), ("b",), ("c",), ("d",)]
    assert scored_keys(folds) == sorted(FOUR.keys)


@pytest.mark.parametrize(
    ("manifest", "settings", "names"),
    [
        (FOUR, {"folds": "speaker_folds", "num_folds": 2}, ["fold_1", "fold_2"]),
        (
            FOUR,
            {"folds": "speaker_sentence_folds", "num_folds": 2, "sentence_groups": 3},
            [f"speakers_{row}_sentences_{n}" for row in (1, 2) for n in (1, 2, 3)],
        ),
        (
            SESSIONS,
            {"folds": "leave_one_session_out"},
            ["s1_f1", "s1_m1", "s2_f2", "s2_m2"],
        ),
        (
            SESSIONS,
            {
                "folds": "leave_one_session_out",
                "directions": "one",
                "test_gender": "female",
            },
            ["s1_f1", "s2_f2"],
        ),
    ],
)
def test_each_word_makes_its_folds(manifest, settings, names):
    folds = make_folds(manifest, ProtocolConfig(**settings), seed=3)
    assert [fold.name for fold in folds] == names


@pytest.mark.parametrize(
    "folds", ["leave_one_speaker_out", "speaker_folds", "speaker_sentence_folds"]
)
def test_validation_speakers_and_seed_reach_the_folds(folds):
    sizes = {"num_folds": 3, "sentence_groups": 3}
    sizes = {} if folds == "leave_one_speaker_out" else sizes
    if folds == "speaker_folds":
        del sizes["sentence_groups"]
    manifest = crossed("abcdefgh", "123")
    config = ProtocolConfig(folds=folds, validation_speakers=2, **sizes)
    made = [make_folds(manifest, config, seed) for seed in range(5)]
    assert all(
        len(fold.validation.speakers) == 2 for division in made for fold in division
    )
    assert len({str(records(division)) for division in made}) > 1


def test_published_folds_are_read_with_the_recipe_s_settings(tmp_path):
    path = tmp_path / "folds.csv"
    lines = [f"u{n},1,{'test' if n < 3 else 'train'}" for n in range(11)]
    path.write_text("key,fold,part\n" + "\n".join(lines), encoding="utf-8")
    config = ProtocolConfig(
        folds="published", file=str(path), validation_speakers=2, unlisted="leave_out"
    )
    (fold,) = make_folds(FOUR, config, seed=1)  # a is tested; d lacks its last
    assert fold.test.speakers == ("a",)
    assert len(fold.validation.speakers) == 2
    assert "u11" not in (*fold.train.keys, *fold.validation.keys)

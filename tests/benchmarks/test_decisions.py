"""The table of decisions keeps what runs decided, and pairs it."""

import pandas as pd
import pytest

from benchmarks import decisions

KEYS = ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"]
TRUTH = ["calm", "calm", "sad", "sad"] * 2


@pytest.fixture
def cross_validation(tmp_path):
    """Writes folds `a` and `b` of one seed, right or wrong at each utterance."""

    def write(name, seed, right, folds="ab"):
        table = pd.DataFrame({"key": KEYS, "truth": TRUTH, "right": right})
        table["speaker"] = table["key"].str[0]
        calm = (table["truth"] == "calm") == table["right"]
        table["calm"] = calm.map({True: 0.9, False: 0.2})
        table["sad"] = 1 - table["calm"]
        for fold in folds:
            run = tmp_path / name / f"seed-{seed}" / fold
            run.mkdir(parents=True)
            own = table[table["speaker"] == fold].drop(columns="right")
            own.to_csv(run / "predictions.csv", index=False)
            (run / "metrics.json").write_text("{}")
        return tmp_path / name

    return write


ALL, HALF = [True] * 8, [True, False] * 4


def test_differences_are_paired_by_utterance_and_seed(cross_validation, tmp_path):
    # The baseline has one of two right in each class, of both speakers: UA 0.5. The
    # system has all right in seed 1, and in seed 2 but one calm and one sad of `b`.
    path = tmp_path / "kept" / "decisions.csv.gz"
    for seed in (1, 2):
        cross_validation("plain", seed, HALF)
    cross_validation("better", 1, ALL)
    better = cross_validation("better", 2, [True] * 4 + HALF[4:])
    decisions.keep([tmp_path / "plain", better], path)

    table = decisions.compare(path, ["plain", "better"]).set_index("system")

    assert table.loc["plain", "mean UA"] == "0.500"
    assert table.loc["better", "a"] == "1.000"
    assert table.loc["better", "b"] == "0.750"  # of seeds with 1.0 and 0.5
    assert table.loc["better", "mean UA"] == "0.875"
    # Of 16 decisions each class has 8, of which 4 and 7 are right.
    assert table.loc["better", "minus the first"] == "+0.375"
    assert table.loc["better", "95 % over speakers"] == "+0.250 to +0.500"
    assert table.loc["better", "of seeds"] == 2
    assert decisions.compare(path, ["plain", "better"], [2])["minus the first"][1] == (
        "+0.250"
    )


def test_runs_of_another_day_are_added(cross_validation, tmp_path):
    path = tmp_path / "decisions.csv.gz"
    decisions.keep([cross_validation("plain", 1, HALF)], path)
    decisions.keep([cross_validation("later", 1, ALL, folds="a")], path)
    first = path.read_bytes()
    decisions.keep([cross_validation("plain", 3, ALL)], path)  # seeds 1 and 3 now
    table = pd.read_csv(path, keep_default_na=False)

    assert table["later 1"].tolist() == TRUTH[:4] + [""] * 4
    assert table["plain 3"].tolist() == TRUTH
    assert first != path.read_bytes()
    same = path.read_bytes()
    decisions.keep([tmp_path / "plain"], path)
    assert path.read_bytes() == same  # no clock in it
    compared = decisions.compare(path, ["plain", "later"])
    assert compared["speakers heard"].tolist() == [2, 1]


def test_a_system_that_is_not_there_is_named(cross_validation, tmp_path):
    path = tmp_path / "decisions.csv.gz"
    decisions.keep([cross_validation("plain", 1, HALF)], path)
    with pytest.raises(SystemExit, match="later: not in the table"):
        decisions.main(["compare", str(path), "plain", "later"])


def test_one_system_alone_and_two_with_nothing_in_common(cross_validation, tmp_path):
    path = tmp_path / "decisions.csv.gz"
    decisions.keep([cross_validation("plain", 1, HALF)], path)
    decisions.keep([cross_validation("later", 2, ALL)], path)
    assert decisions.compare(path, ["plain"])["mean UA"].tolist() == ["0.500"]
    table = decisions.compare(path, ["plain", "later"])
    assert table["minus the first"][1] == "nothing in common"

"""Records of trials: figures by fold, the best, and files that hold them."""

import dataclasses

import pytest

from satn_keras.errors import ProtocolError
from satn_keras.tuning.records import Records, TrialRecord, best_record


def record(trial, *ua, status="finished", folds=("a", "b"), seeds=(1,), **changes):
    """Record of one figure a fold and seed, fold by fold."""
    places = [(fold, seed) for fold in folds for seed in seeds]
    runs = tuple(
        {"fold": fold, "seed": seed, "ua": value, "seconds": 2.0}
        for (fold, seed), value in zip(places, ua, strict=False)
    )
    values = {"transfer.weight": "0.1"}
    return TrialRecord(trial, status, values, folds, seeds, runs=runs, **changes)


def test_a_fold_counts_when_all_its_seeds_have_run():
    half = record("0", 0.4, 0.6, 0.9, seeds=(1, 2))
    assert half.figures == {"a": 0.5}
    assert half.ua == 0.5
    assert half.deviation is None
    assert half.seconds == 6.0


def test_mean_and_deviation_are_over_folds():
    both = record("0", 0.4, 0.6)
    assert both.ua == pytest.approx(0.5)
    assert both.deviation == pytest.approx(0.02**0.5)  # 0.1 to each side, n - 1


def test_a_trial_without_a_fold_has_no_figure():
    assert record("0").ua is None


def test_the_best_is_a_finished_trial_and_the_first_of_equals():
    records = [
        record("0", 0.9, status="pruned"),
        record("1", 0.4, 0.6),
        record("2", 0.6, 0.4),
        record("3", 0.9, 0.9, status="failed"),
    ]
    assert best_record(records, "eva").trial == "1"
    assert best_record(records[:1], "eva") is None


def test_a_figure_that_is_no_number_is_not_chosen_among():
    with pytest.raises(ProtocolError, match="is not a number"):
        best_record([record("0", float("nan"), 0.5)], "eva")


def test_records_come_back_as_they_were_in_the_order_of_trials(tmp_path):
    kept = Records(tmp_path)
    written = [record(name, 0.5, epochs=3, worker="ada") for name in ("2", "10", "09")]
    for each in written:
        kept.write(each)
    assert kept.read() == [written[0], written[2], written[1]]
    again = dataclasses.replace(written[0], status="failed", message="ü\nx")
    kept.write(again)
    assert kept.read()[0] == again


def test_finished_trials_are_told_apart_by_their_epochs(tmp_path):
    kept = Records(tmp_path)
    kept.write(record("0", 0.5, 0.5, epochs=3))
    kept.write(record("1", 0.5, 0.5, epochs=9))
    kept.write(record("2", 0.5, epochs=9, status="running"))
    assert [each.trial for each in kept.finished(9)] == ["1"]
    assert kept.finished() == []

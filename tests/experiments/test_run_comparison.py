"""Comparison of finished runs, on decisions written by hand."""

import pytest

from satn_keras.errors import ArtifactError, ProtocolError
from satn_keras.experiments.run_comparison import compare_runs, comparison_table
from tests.support.small_runs import decided, write_crossed, write_run

TRUTH = "ccccllll"


@pytest.fixture
def runs(tmp_path):
    base = {(1, name): decided(name, TRUTH, "ccllllcc") for name in ("anna", "bert")}
    better = {(1, name): decided(name, TRUTH, "ccclllll") for name in ("anna", "bert")}
    return (
        write_crossed(tmp_path / "base", base),
        write_crossed(tmp_path / "better", better),
    )


def as_whole(paths):
    """Folders with the metrics that tell a cross-validation."""
    for path in paths:
        (path / "metrics.json").write_text('{"kind": "cross-validation"}')
    return paths


def test_the_difference_is_that_of_the_pooled_scores(runs):
    (result,) = compare_runs(as_whole(runs))
    # Base: 2/4 and 2/4. Better: 3/4 and 4/4. Per speaker alike: no spread.
    assert result.result.ua.value == pytest.approx(0.875 - 0.5)
    assert result.result.ua.low == pytest.approx(0.375)
    counts = result.result.mcnemar
    assert (counts.only_system_right, counts.only_baseline_right) == (6, 0)
    assert counts.p_value == pytest.approx(2 * 0.5**6)  # exact binomial, by hand
    assert (result.left_out, result.result.num_utterances) == (0, 16)


def test_a_fold_that_only_one_has_is_left_out_and_counted(runs, tmp_path):
    base, better = as_whole(runs)
    write_run(base / "seed-1" / "cora", decided("cora", TRUTH, TRUTH))
    (result,) = compare_runs([base, better])
    assert (result.left_out, result.result.num_utterances) == (8, 16)


def test_seeds_are_compared_with_their_like(runs, tmp_path):
    base, better = as_whole(runs)
    write_run(base / "seed-2" / "anna", decided("anna", TRUTH, TRUTH))
    (result,) = compare_runs([base, better])
    assert result.result.num_utterances == 16
    assert result.left_out == 8


def test_single_runs_are_paired_by_utterance(tmp_path):
    one = write_run(tmp_path / "one", decided("anna", "ccll", "cccc"))
    other = write_run(tmp_path / "other", decided("anna", "ccll", "ccll"))
    (result,) = compare_runs([one, other])
    assert result.result.wa.value == pytest.approx(0.5)


def test_runs_without_a_common_utterance_are_refused(tmp_path):
    one = write_run(tmp_path / "one", decided("anna", "ccll", "cccc"))
    other = write_run(tmp_path / "other", decided("bert", "ccll", "ccll"))
    with pytest.raises(ProtocolError, match="no test utterance in common"):
        compare_runs([one, other])


def test_another_truth_under_the_same_key_is_refused(tmp_path):
    one = write_run(tmp_path / "one", decided("anna", "ccll", "cccc"))
    other = write_run(tmp_path / "other", decided("anna", "clll", "ccll"))
    with pytest.raises(ProtocolError, match="another label"):
        compare_runs([one, other])


def test_other_classes_are_refused(tmp_path):
    one = write_run(tmp_path / "one", decided("anna", "ccll", "cccc"))
    other = write_run(tmp_path / "other", decided("anna", "ccll", "cccc"))
    file = other / "predictions.csv"
    file.write_text(file.read_text().replace("loud\n", "furious\n", 1))
    with pytest.raises(ArtifactError, match="classes"):
        compare_runs([one, other])


def test_the_table_adjusts_p_values_for_their_number(runs, tmp_path):
    base, better = as_whole(runs)
    table = comparison_table(compare_runs([base, better, better]))
    assert table["run"].tolist() == ["better", "better"]
    alone = comparison_table(compare_runs([base, better]))
    assert alone["p, Holm"][0] == alone["p, speakers swapped"][0]
    assert table["p, Holm"][0] == pytest.approx(min(1, 2 * alone["p, Holm"][0]))

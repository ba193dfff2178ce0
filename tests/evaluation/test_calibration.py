"""Calibration against scikit-learn and paper and pencil."""

import json

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from satn_keras.evaluation.calibration import reliability
from satn_keras.evaluation.reliability_plot import plot_reliability
from tests.support.pictures import is_picture


@pytest.fixture(scope="module")
def judged():
    """Labels and posteriors of 503 utterances, three classes."""
    generator = np.random.default_rng(7)
    posteriors = generator.dirichlet([0.7, 0.5, 0.9], size=503)
    labels = generator.integers(0, 3, size=503)
    return labels, posteriors


@pytest.mark.parametrize("bins", [1, 7, 10])
def test_bins_are_those_of_scikit_learn(judged, bins):
    labels, posteriors = judged
    right = posteriors.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, posteriors.max(axis=1), n_bins=bins)
    result = reliability(labels, posteriors, bins)
    filled = [row for row, count in enumerate(result.count) if count]
    assert [result.accuracy[row] for row in filled] == pytest.approx(accuracy)
    assert [result.confidence[row] for row in filled] == pytest.approx(confidence)
    assert sum(result.count) == 503
    np.testing.assert_allclose(result.edges, np.linspace(0, 1, bins + 1))


def test_the_likelihood_is_scikit_learn_s(judged):
    assert reliability(*judged).negative_log_likelihood == pytest.approx(
        log_loss(*judged)
    )


def test_gaps_are_weighed_by_how_many_utterances_they_concern():
    # Confidences .9 (x3, two right) and .6 (x1, right).
    posteriors = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.4, 0.6]]
    result = reliability([0, 1, 1, 1], posteriors)
    expected = 3 / 4 * abs(2 / 3 - 0.9) + 1 / 4 * abs(1 - 0.6)
    assert result.expected_calibration_error == pytest.approx(expected)
    assert result.count == (0, 0, 0, 0, 0, 1, 0, 0, 3, 0)
    assert result.accuracy[8] == pytest.approx(2 / 3)
    assert result.accuracy[0] is None
    # Squared distances: 2 * .01, 2 * .81, 2 * .01, 2 * .16
    assert result.brier == pytest.approx(2 * (0.01 + 0.81 + 0.01 + 0.16) / 4)


def test_certain_and_right_is_perfect_and_certain_and_wrong_is_finite():
    perfect = reliability([0, 1], np.eye(2))
    assert (perfect.expected_calibration_error, perfect.brier) == (0, 0)
    assert perfect.negative_log_likelihood == 0
    wrong = reliability([1, 0], np.eye(2))
    assert (wrong.expected_calibration_error, wrong.brier) == (1, 2)
    assert 80 < wrong.negative_log_likelihood < 100  # -ln of the smallest float32


def test_float32_posteriors_need_not_sum_to_one_to_the_last_digit(judged):
    labels, posteriors = judged
    rounded = reliability(labels, posteriors.astype("float32"))
    exact = reliability(labels, posteriors)
    assert rounded.brier == pytest.approx(exact.brier, rel=1e-5)


def test_it_survives_json(judged):
    result = reliability(*judged)
    values = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert values["count"] == list(result.count)
    assert values["confidence"][0] is None  # three classes: never below 1/3


@pytest.mark.parametrize(
    ("posteriors", "message"),
    [
        ([[0.5, 0.6]], r"rows of sum 1.*\[0.5, 0.6\] in row 0"),
        ([[1.5, -0.5]], "none negative"),
        ([[np.nan, 1.0]], "rows of sum 1"),
        ([0.5, 0.5], r"shape=\(2,\)"),
        (np.zeros((0, 2)), r"shape=\(0, 2\)"),
        ([[0.5, 0.5], [1, 0]], "equally many"),
    ],
)
def test_what_is_no_posterior_is_refused(posteriors, message):
    with pytest.raises(ValueError, match=message):
        reliability([0], posteriors)


def test_a_bin_at_least_is_needed():
    with pytest.raises(ValueError, match="bins=0"):
        reliability([0], [[1.0, 0.0]], bins=0)


def test_the_diagram_has_a_bar_a_filled_bin_beside_the_diagonal(tmp_path, drawn):
    result = reliability([0, 1, 1], [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]], bins=5)
    path = plot_reliability(result, tmp_path / "reliability.png")
    assert is_picture(path)
    upper, lower = drawn[0].axes
    bars = [(bar.get_x(), bar.get_height()) for bar in upper.patches]
    np.testing.assert_allclose(bars, [(0.4, 1.0), (0.8, 0.5)])
    np.testing.assert_array_equal(upper.lines[0].get_ydata(), [0, 1])
    np.testing.assert_allclose(upper.lines[1].get_xydata(), [[0.6, 1], [0.9, 0.5]])
    assert [bar.get_height() for bar in lower.patches] == [0, 0, 1, 0, 2]
    assert "ECE 0.400" in upper.get_title(loc="left")  # 2/3 * .4 + 1/3 * .4

"""Pictures of a search: where each mark stands."""

import numpy as np
import pytest

from satn_keras.tuning.pictures import plot_parallel, plot_weight_search
from tests.support.pictures import is_picture, texts


def points(panel, marker):
    """Place of each mark of a kind."""
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in panel.lines
        if line.get_marker() == marker and len(line.get_xdata()) == 1
    ]


def test_weights_stand_at_their_logarithm_and_none_apart(tmp_path, drawn):
    path = plot_weight_search(
        [1.0, 0.0, 0.1, 0.1],
        [0.4, 0.3, 0.5, 0.7],
        [0.1, 0.1, 0.1, 0.1],
        [True, False, True, True],
        tmp_path / "weights.png",
        chance=0.25,
    )
    assert is_picture(path)
    (panel,) = drawn[0].axes
    assert points(panel, "o") == [(0, 0.4), (-1.5, 0.3), (-1, 0.5), (-1, 0.7)]
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["0", "0.1", "1"]
    # The mean of finished trials of one weight; the best of them is marked.
    assert points(panel, "D") == [(-1, pytest.approx(0.6))]
    (mean,) = [line for line in panel.lines if line.get_label() == "mean"]
    np.testing.assert_allclose(mean.get_xydata(), [[-1, 0.6], [0, 0.4]])
    hollow = [line.get_markerfacecolor() for line in panel.lines]
    assert hollow.count("white") == 1
    legend = [text.get_text() for text in panel.get_legend().get_texts()]
    assert legend == ["chance", "mean", "best, 0.1"]


def test_a_picture_of_no_weight_is_refused(tmp_path):
    with pytest.raises(ValueError, match="one weight above 0"):
        plot_weight_search([0.0], [0.4], [0.1], [True], tmp_path / "weights.png")
    with pytest.raises(ValueError, match="must be equally many"):
        plot_weight_search([1.0], [0.4], [], [True], tmp_path / "weights.png")


def test_a_line_leads_from_each_setting_to_its_ua(tmp_path, drawn):
    path = plot_parallel(
        {"transfer.weight": ("0", "0.1", "1"), "transfer.map": ("activation",)},
        [
            {"transfer.weight": "1", "transfer.map": "activation"},
            {"transfer.weight": "0"},
        ],
        [0.6, 0.4],
        [True, False],
        tmp_path / "parallel.png",
    )
    assert is_picture(path)
    (panel,) = drawn[0].axes
    lines = [line for line in panel.lines if len(line.get_xdata()) == 3]
    # The worst first, dashed; a map without effect is at the dash below.
    assert [list(line.get_ydata()) for line in lines] == [[0, 0, 0], [1, 1, 1]]
    assert [line.get_linestyle() for line in lines] == ["--", "-"]
    assert texts(panel) == [
        *("0", "0.1", "1"),
        *("–", "activation"),
        *("0.400", "0.600"),
    ]


def test_trials_that_are_all_alike_stand_in_the_middle(tmp_path, drawn):
    plot_parallel(
        {"student.filters": ("8", "16")},
        [{"student.filters": "8"}, {"student.filters": "16"}],
        [0.5, 0.5],
        [True, True],
        tmp_path / "parallel.png",
    )
    lines = [line for line in drawn[0].axes[0].lines if len(line.get_xdata()) == 2]
    ends = [line.get_ydata()[1] for line in lines if line.get_xdata()[1] == 1]
    assert ends.count(0.5) == 2


def test_a_picture_of_no_trial_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        plot_parallel({}, [], [], [], tmp_path / "parallel.png")

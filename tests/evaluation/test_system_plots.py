"""Pictures that compare systems: where each mark stands."""

import numpy as np
import pytest

from satn_keras.evaluation.statistics import Interval
from satn_keras.evaluation.system_plots import plot_systems, plot_weight_curve
from tests.support.pictures import is_picture, texts


def interval(value, low, high, level=0.95):
    return Interval(value, low, high, level, "speaker", 5, 100)


def test_each_system_has_its_value_on_its_interval_beside_chance(tmp_path, drawn):
    path = plot_systems(
        ["TCN", "BLSTM"],
        [interval(0.6, 0.5, 0.7), interval(0.5, 0.45, 0.58)],
        tmp_path / "systems.png",
        chance=0.25,
        published={"BLSTM": 0.605},
    )
    assert is_picture(path)
    (panel,) = drawn[0].axes
    marks = [(list(x.get_xdata()), list(x.get_ydata())) for x in panel.lines]
    assert marks == [
        ([0.25, 0.25], [0, 1]),  # chance, over the whole height
        ([0.5, 0.7], [0, 0]),
        ([0.6], [0]),
        ([0.45, 0.58], [1, 1]),
        ([0.5], [1]),
        ([0.605], [1]),
    ]
    assert [tick.get_text() for tick in panel.get_yticklabels()] == ["TCN", "BLSTM"]
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the first on top
    assert texts(panel) == ["chance", "0.600 [0.500, 0.700]", "0.500 [0.450, 0.580]"]
    assert panel.get_xlabel() == "UA with 95% speaker-bootstrap interval"
    legend = [text.get_text() for text in panel.get_legend().get_texts()]
    assert legend == ["published"]


def test_intervals_of_unlike_levels_are_not_called_by_one(tmp_path, drawn):
    intervals = [interval(0.6, 0.5, 0.7), interval(0.6, 0.5, 0.7, level=0.9)]
    plot_systems("ab", intervals, tmp_path / "systems.png")
    assert drawn[0].axes[0].get_xlabel() == "UA with bootstrap interval"


def test_the_weight_curve_has_dots_mean_and_spread_over_the_level_without(
    tmp_path, drawn
):
    path = plot_weight_curve(
        [10, 0, 0.1],
        [[0.5], [0.3, 0.5], [0.4, 0.5, 0.6]],
        tmp_path / "weights.png",
        chance=0.25,
    )
    assert is_picture(path)
    (panel,) = drawn[0].axes
    assert panel.get_xscale() == "log"
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["0.1", "10"]
    lines = {line.get_label(): line for line in panel.lines}
    assert list(lines["no transfer"].get_ydata()) == pytest.approx([0.4, 0.4])
    assert list(lines["chance"].get_ydata()) == [0.25, 0.25]
    (bars,) = panel.containers
    mean, _, (spread,) = bars
    np.testing.assert_allclose(mean.get_xydata(), [[0.1, 0.5], [10, 0.5]])
    ends = [segment[:, 1].tolist() for segment in spread.get_segments()]
    assert ends[0] == pytest.approx([0.4, 0.6])  # deviation of .4 .5 .6 is .1
    assert ends[1] == pytest.approx([0.5, 0.5])  # a single value has none
    dots = [line for line in panel.lines if line.get_marker() == "."]
    assert [list(line.get_ydata()) for line in dots] == [[0.4, 0.5, 0.6], [0.5]]
    (band,) = panel.patches
    corners = band.get_extents().transformed(panel.transData.inverted()).intervaly
    assert list(corners) == pytest.approx([0.4 - 0.2 / 2**0.5, 0.4 + 0.2 / 2**0.5])


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda path: plot_systems([], [], path), "at least one. Received: 0 and 0"),
        (
            lambda path: plot_systems("ab", [interval(0.5, 0.4, 0.6)], path),
            "Received: 2 and 1",
        ),
        (
            lambda path: plot_systems(
                "a", [interval(0.5, 0.4, 0.6)], path, published={"b": 0.5}
            ),
            "must name systems. Received: 'b'",
        ),
        (lambda path: plot_weight_curve([1], [], path), "Received: 1 and 0"),
        (lambda path: plot_weight_curve([0], [[0.5]], path), "one above 0"),
        (lambda path: plot_weight_curve([-1, 1], [[0.5]] * 2, path), "none negative"),
        (lambda path: plot_weight_curve([1, 1.0], [[0.5]] * 2, path), "different"),
        (
            lambda path: plot_weight_curve([1], [[]], path),
            r"finite values.*Received: \[\] for weight 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_file(tmp_path, plot, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / "figure.png")
    assert list(tmp_path.iterdir()) == []

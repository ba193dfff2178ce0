"""Learning curves: the lines that are drawn."""

import numpy as np
import pandas as pd
import pytest

from satn_keras.evaluation.learning_curves import plot_histories, plot_history
from tests.support.pictures import is_picture


def test_history_has_a_panel_for_each_quantity_and_a_line_for_each_part(
    tmp_path, drawn
):
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "loss": [3.0, 2.0, 1.0],
            "val_loss": [3.5, 2.5, 2.6],
            "ua": [0.3, 0.4, 0.5],
            "val_ua": [0.3, 0.3, 0.4],
            "learning_rate": [1e-4, 1e-4, 1e-5],
            "val_per": [None, 0.9, 0.8],  # not measured in the first epoch
        }
    )
    path = plot_history(history, tmp_path / "history.png", selected=2)
    assert is_picture(path)
    panels = {axes.get_title(loc="left"): axes for axes in drawn[0].axes}
    assert list(panels) == ["loss", "ua", "learning rate", "per"]
    labels = [line.get_label() for line in panels["loss"].lines]
    assert labels == ["training", "validation", "kept epoch"]
    training, validation, kept = panels["loss"].lines
    np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(validation.get_ydata(), [3.5, 2.5, 2.6])
    np.testing.assert_array_equal(kept.get_xdata(), [2, 2])
    np.testing.assert_array_equal(panels["per"].lines[0].get_xdata(), [2, 3])


def test_history_of_one_epoch_shows_points(tmp_path, drawn):
    path = plot_history(pd.DataFrame({"loss": [1.5]}), tmp_path / "history.png")
    assert is_picture(path)
    (line,) = drawn[0].axes[0].lines
    assert line.get_marker() == "o"


def test_folds_are_thin_lines_below_their_mean_which_ends_with_the_first(
    tmp_path, drawn
):
    histories = {
        "03": pd.DataFrame({"loss": [3.0, 2.0, 1.0], "val_loss": [4.0, 3.0, 5.0]}),
        "08": pd.DataFrame({"loss": [5.0, 2.0], "val_loss": [2.0, 1.0]}),
    }
    for history in histories.values():
        history.insert(0, "epoch", range(1, len(history) + 1))
    path = plot_histories(
        histories, tmp_path / "folds.png", selected={"03": 2, "08": None}
    )
    assert is_picture(path)
    (panel,) = drawn[0].axes
    drawn_lines = {
        line.get_label(): line
        for line in panel.lines
        if not line.get_label().startswith("_")
    }
    assert list(drawn_lines) == ["training, mean of 2", "validation, mean of 2"]
    mean = drawn_lines["validation, mean of 2"]
    np.testing.assert_array_equal(mean.get_xdata(), [1, 2])
    np.testing.assert_array_equal(mean.get_ydata(), [3.0, 2.0])
    thin = [line for line in panel.lines if line.get_linewidth() < 1]
    assert [list(line.get_ydata()) for line in thin] == [
        [3.0, 2.0, 1.0],
        [5.0, 2.0],
        [4.0, 3.0, 5.0],
        [2.0, 1.0],
    ]
    (dots,) = panel.collections
    np.testing.assert_array_equal(dots.get_offsets(), [[2, 3.0]])  # validation's


def test_a_quantity_of_one_fold_alone_has_a_panel_of_its_own(tmp_path, drawn):
    histories = {
        "a": pd.DataFrame({"loss": [1.0, 2.0]}),
        "b": pd.DataFrame({"loss": [1.0, 2.0], "ua": [0.5, 0.6]}),
    }
    plot_histories(histories, tmp_path / "folds.png", selected={"a": 1})
    assert [axes.get_title(loc="left") for axes in drawn[0].axes] == ["loss", "ua"]
    (dots,) = drawn[0].axes[0].collections
    np.testing.assert_array_equal(dots.get_offsets(), [[1, 2.0]])  # training's


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda path: plot_history(pd.DataFrame({"epoch": [1]}), path), "at least one"),
        (lambda path: plot_histories({}, path), "at least one"),
        (
            lambda path: plot_histories(
                {"a": pd.DataFrame({"loss": [1.0]})}, path, selected={"b": 1}
            ),
            "folds of `histories`. Received: 'b'",
        ),
    ],
)
def test_curves_of_nothing_are_refused_and_leave_no_file(tmp_path, plot, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / "figure.png")
    assert list(tmp_path.iterdir()) == []

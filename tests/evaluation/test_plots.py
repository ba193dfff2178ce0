"""Pictures of decisions: what they show."""

import numpy as np
import pytest

from satn_keras.evaluation.plots import (
    plot_confusion,
    plot_mean_confusion,
    plot_posteriors,
)
from tests.support.pictures import is_picture, texts


def test_confusion_shows_counts_beside_per_cent_of_each_true_class(tmp_path, drawn):
    path = plot_confusion(
        [[3, 1, 0], [0, 0, 0], [2, 1, 13]],
        ["angry", "calm", "sad"],
        tmp_path / "figures" / "confusion.png",
        title="test",
    )
    assert path == tmp_path / "figures" / "confusion.png"
    assert is_picture(path)
    counts, shares = drawn[0].axes
    assert texts(counts) == ["3", "1", "0", "0", "0", "0", "2", "1", "13"]
    assert texts(shares) == ["75", "25", "0", "-", "-", "-", "12", "6", "81"]
    assert [label.get_text() for label in counts.get_yticklabels()] == [
        "angry",
        "calm",
        "sad",
    ]
    assert (counts.get_ylabel(), counts.get_xlabel()) == ("truth", "decision")


def test_posteriors_name_the_true_class_and_colour_the_decision(tmp_path, drawn):
    path = plot_posteriors(
        [0.1, 0.7, 0.2], ["angry", "calm", "sad"], tmp_path / "p.png", truth="sad"
    )
    assert is_picture(path)
    (axes,) = drawn[0].axes
    assert texts(axes) == ["0.10", "0.70", "0.20  true class"]
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[1] != colours[0] == colours[2]


def test_mean_shares_are_drawn_in_per_cent_with_a_dash_for_an_absent_class(
    tmp_path, drawn
):
    shares = [[0.7013, 0.2987], [np.nan, np.nan]]
    path = plot_mean_confusion(shares, ["sad", "calm"], tmp_path / "mean.png")
    assert is_picture(path)
    (panel,) = drawn[0].axes
    assert texts(panel) == ["70.1", "29.9", "-", "-"]
    np.testing.assert_array_equal(
        panel.images[0].get_array(), [[0.7013, 0.2987], [0, 0]]
    )


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda path: plot_confusion(np.eye(2), "abc", path), r"shape=\(2, 2\) for 3"),
        (lambda path: plot_posteriors([0.5], "ab", path), r"shape=\(1,\) for 2"),
        (
            lambda path: plot_mean_confusion(np.eye(3), "ab", path),
            r"`shares` must have one row .* shape=\(3, 3\) for 2",
        ),
        (
            lambda path: plot_mean_confusion([[3, 1], [0, 2]], "ab", path),
            "`plot_confusion` takes counts. Received: 0 to 3",
        ),
    ],
)
def test_arrays_of_another_shape_are_refused_and_leave_no_file(tmp_path, plot, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / "figure.png")
    assert list(tmp_path.iterdir()) == []

"""Pictures of attention: what stands above what, and at which second."""

import numpy as np
import pytest

from satn_keras.evaluation.attention_plots import (
    phone_times,
    plot_alignment,
    plot_attention,
)
from tests.support.pictures import is_picture


@pytest.mark.parametrize("teacher", [None, np.ones(37)])
def test_attention_stands_below_the_spectrogram_on_one_time_axis(
    tmp_path, drawn, teacher
):
    student = np.zeros(37)
    student[10] = 2.0
    path = plot_attention(
        np.random.default_rng(0).normal(size=(37, 11)),
        student,
        tmp_path / "attention.png",
        teacher=teacher,
        phones=[("OW", 0.25), ("N", 0.1)],
        hop_seconds=0.01,
    )
    assert is_picture(path)
    names = [axes.get_title(loc="left") for axes in drawn[0].axes]
    expected = ["log-mel spectrogram", "", "student"]
    if teacher is not None:
        expected.insert(2, "teacher")
    assert names == expected
    assert {axes.get_xlim() for axes in drawn[0].axes} == {(0.0, 0.37)}
    band = drawn[0].axes[1]
    assert [(text.get_text(), text.get_position()[0]) for text in band.texts] == [
        ("N", 0.1),
        ("OW", 0.25),
    ]
    curve = drawn[0].axes[-1].lines
    times, values = next(
        line.get_data() for line in curve if len(line.get_xdata()) == 37
    )
    assert times[np.argmax(values)] == pytest.approx(0.105)  # middle of frame 10
    assert max(values) == pytest.approx(37)  # all on one of 37 frames


def test_a_map_with_a_row_a_frame_is_an_image_over_the_same_seconds(tmp_path, drawn):
    path = plot_attention(
        np.random.default_rng(0).normal(size=(40, 11)),
        np.eye(20),  # half as many frames
        tmp_path / "attention.png",
    )
    assert is_picture(path)
    _, student = drawn[0].axes
    assert list(student.images[0].get_extent()) == [0, 0.4, 0, 0.4]


def test_two_such_maps_stand_side_by_side_each_below_the_spectrogram(tmp_path, drawn):
    path = plot_attention(
        np.random.default_rng(0).normal(size=(40, 11)),
        np.eye(20),
        tmp_path / "attention.png",
        teacher=np.full((40, 40), 1 / 40),
        phones=[("OW", 0.25)],
        posterior=[[0.5, 0.5], [0.1, 0.9]],
        classes=["calm", "sad"],
    )
    assert is_picture(path)
    places = {}
    for axes in drawn[0].axes:
        spot = axes.get_subplotspec()
        title = axes.get_title(loc="left")
        places.setdefault(title, []).append((spot.rowspan.start, spot.colspan.start))
        assert axes.get_xlim() == (0.0, 0.4)
    assert places == {
        "log-mel spectrogram": [(0, 0), (0, 1)],
        "": [(1, 0), (1, 1)],  # phones
        "teacher": [(2, 0)],
        "student": [(2, 1)],
        "emotion, heard up to here": [(3, 1)],  # of the student alone
    }
    labelled = [
        axes.get_title(loc="left") for axes in drawn[0].axes if axes.get_xlabel()
    ]
    assert labelled == ["teacher", "emotion, heard up to here"]


@pytest.mark.parametrize("teacher", [None, np.ones(30)])
def test_the_posterior_stands_below_the_maps_on_the_same_seconds(
    tmp_path, drawn, teacher
):
    plot_attention(
        np.zeros((30, 5)),
        np.ones(30),
        tmp_path / "attention.png",
        teacher=teacher,
        phones=[("OW", 0.2)],
        posterior=[[0.2, 0.5, 0.3], [0.1, 0.2, 0.7]],
        classes=["angry", "calm", "sad"],
        posterior_seconds=[0.1, 0.3],
    )
    panel = drawn[0].axes[-1]
    assert panel.get_title(loc="left") == "emotion, heard up to here"
    assert (panel.get_xlim(), panel.get_ylim()) == ((0.0, 0.3), (0.0, 1.0))
    lines = {line.get_label(): line for line in panel.lines}
    np.testing.assert_array_equal(lines["calm"].get_xdata(), [0.1, 0.3])
    np.testing.assert_array_equal(lines["calm"].get_ydata(), [0.5, 0.2])
    assert lines["sad"].get_linewidth() > lines["angry"].get_linewidth()  # decided
    (phone,) = (line for line in panel.lines if line.get_label().startswith("_"))
    assert list(phone.get_xdata()) == [0.2, 0.2]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == [
        "angry",
        "calm",
        "sad",
    ]


def test_a_posterior_without_times_is_spread_over_the_utterance(tmp_path, drawn):
    plot_attention(
        np.zeros((30, 5)),
        np.ones(30),
        tmp_path / "attention.png",
        posterior=np.full((3, 2), 0.5),
        classes="ab",
    )
    line = drawn[0].axes[-1].lines[0]
    np.testing.assert_allclose(line.get_xdata(), [0.1, 0.2, 0.3])


def test_alignment_runs_downwards_with_a_token_a_step(tmp_path, drawn):
    path = plot_alignment(
        np.eye(3, 7), tmp_path / "alignment.png", tokens=["N", "OW", "</s>"]
    )
    assert is_picture(path)
    axes = drawn[0].axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "N",
        "OW",
        "</s>",
    ]
    assert axes.get_ylim() == (3.0, 0.0)
    assert list(axes.images[0].get_extent()) == pytest.approx([0, 0.07, 3, 0])


def test_a_phone_stands_where_its_weight_is_largest():
    weights = [[0.1, 0.8, 0.1, 0.0], [0.0, 0.0, 0.4, 0.6]]
    times = phone_times(weights, ["N", "OW"], hop_seconds=0.2)
    assert [phone for phone, _ in times] == ["N", "OW"]
    assert [time for _, time in times] == pytest.approx([0.3, 0.7])


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda path: plot_alignment(np.eye(3), path, tokens="ab"), "2 for 3 steps"),
        (lambda path: plot_alignment(np.ones(3), path), r"shape=\(3,\)"),
        (
            lambda path: plot_attention(np.ones((3, 2)), [1, np.nan, 1], path),
            "`student` must be finite",
        ),
        (
            lambda path: plot_attention(np.ones((3, 2)), np.ones((3, 1, 1)), path),
            "1 or 2 dimensions",
        ),
        (
            lambda path: plot_attention(
                np.ones((3, 2)), np.ones(3), path, posterior=[[1.0]], classes="ab"
            ),
            r"one column a class. Received: shape=\(1, 1\) for 2",
        ),
        (
            lambda path: plot_attention(
                np.ones((3, 2)),
                np.ones(3),
                path,
                posterior=[[1.0], [1.0]],
                classes="a",
                posterior_seconds=[0.2, 0.1],
            ),
            r"must rise, one value a step. Received: \[0.2, 0.1\] for 2",
        ),
    ],
)
def test_arrays_of_another_shape_are_refused_and_leave_no_file(tmp_path, plot, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / "figure.png")
    assert list(tmp_path.iterdir()) == []

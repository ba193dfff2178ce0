"""Pictures: what they show, and that a failed one leaves no file behind."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from satn_keras.evaluation import canvas
from satn_keras.evaluation.attention_plots import (
    phone_times,
    plot_alignment,
    plot_attention,
)
from satn_keras.evaluation.plots import (
    plot_confusion,
    plot_history,
    plot_posteriors,
)


@pytest.fixture
def drawn(monkeypatch):
    """The figures drawn in a test, in order."""
    figures = []
    save = Figure.savefig

    def keep(figure, *args, **kwargs):
        figures.append(figure)
        return save(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", keep)
    return figures


def texts(axes):
    return [text.get_text() for text in axes.texts]


def is_picture(path):
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    return len(colours) > 10


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


def test_posteriors_name_the_true_class_and_colour_the_decision(tmp_path, drawn):
    path = plot_posteriors(
        [0.1, 0.7, 0.2], ["angry", "calm", "sad"], tmp_path / "p.png", truth="sad"
    )
    assert is_picture(path)
    (axes,) = drawn[0].axes
    assert texts(axes) == ["0.10", "0.70", "0.20  true class"]
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[1] != colours[0] == colours[2]


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
        teacher=np.full((40, 40), 1 / 40),
    )
    assert is_picture(path)
    _, teacher, student = drawn[0].axes
    for axes in (teacher, student):
        assert list(axes.images[0].get_extent()) == [0, 0.4, 0, 0.4]


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
        (lambda path: plot_confusion(np.eye(2), "abc", path), r"shape=\(2, 2\) for 3"),
        (lambda path: plot_posteriors([0.5], "ab", path), r"shape=\(1,\) for 2"),
        (lambda path: plot_history(pd.DataFrame({"epoch": [1]}), path), "at least one"),
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
    ],
)
def test_arrays_of_another_shape_are_refused_and_leave_no_file(tmp_path, plot, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / "figure.png")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_fails_while_saving_leaves_the_old_one(tmp_path, monkeypatch):
    path = plot_posteriors([0.5, 0.5], "ab", tmp_path / "figure.png")
    before = path.read_bytes()

    def fail(figure, part):
        part.write_bytes(b"half a picture")
        raise OSError("disk full")

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        plot_posteriors([0.1, 0.9], "ab", path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_matplotlib_the_extra_to_install_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with (
        pytest.raises(ImportError, match=r"pip install 'satn-keras\[report\]'"),
        canvas.sheet(tmp_path / "figure.png", 3, 2),
    ):
        pass


def test_matplotlib_is_loaded_only_when_a_figure_is_drawn():
    command = "import sys, satn_keras.evaluation; print('matplotlib' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"

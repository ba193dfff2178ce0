"""Pictures of a corpus show the numbers that they are given."""

import numpy as np
import pytest

from satn_keras.evaluation.corpus_plots import (
    plot_class_counts,
    plot_durations,
    plot_levels,
)

COUNTS = {"anna": {"sad": 3, "": 1}, "bert": {"sad": 5}}


def test_the_median_duration_is_marked(drawn, tmp_path):
    path = plot_durations([1.0, 2.0, 2.5, 3.0, 9.0], tmp_path / "d.png")
    assert path.read_bytes()[:4] == b"\x89PNG"
    (panel,) = drawn[0].axes
    assert panel.get_title("left") == "Durations, median 2.50"
    assert sum(bar.get_height() for bar in panel.patches) == 5
    assert panel.lines[0].get_xdata()[0] == 2.5


def test_levels_have_one_box_a_label(drawn, tmp_path):
    plot_levels({"glad": [-20.0, -19.0], "sad": [-30.0, -31.0]}, tmp_path / "l.png")
    (panel,) = drawn[0].axes
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["glad", "sad"]
    assert panel.get_ylabel() == "dB of full scale"


def test_levels_of_a_single_label_are_a_histogram(drawn, tmp_path):
    plot_levels({"": [-20.0, -19.0, -25.0]}, tmp_path / "l.png")
    assert drawn[0].axes[0].get_ylabel() == "utterances"


def test_counts_stand_in_the_cells(drawn, tmp_path):
    plot_class_counts(COUNTS, tmp_path / "c.png")
    panel = drawn[0].axes[0]
    assert [text.get_text() for text in panel.texts] == ["1", "3", "0", "5"]
    names = [tick.get_text() for tick in panel.get_xticklabels()]
    assert names == ["(no label)", "sad"]


@pytest.mark.parametrize("number", [41, 997])
def test_more_speakers_than_can_be_named_are_counted(drawn, tmp_path, number):
    random = np.random.default_rng(1)
    counts = {f"s{n}": {"sad": int(random.integers(9))} for n in range(number)}
    plot_class_counts(counts, tmp_path / "c.png")
    panel = drawn[0].axes[0]
    assert panel.get_ylabel() == f"{number} speakers"
    assert list(panel.texts) == []

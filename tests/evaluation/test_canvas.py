"""The sheet of every figure: whole files or none, matplotlib only when drawn."""

import subprocess
import sys

import pytest
from matplotlib.figure import Figure

from satn_keras.evaluation import canvas
from satn_keras.evaluation.plots import plot_posteriors


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

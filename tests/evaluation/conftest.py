"""What the tests of pictures share."""

import pytest


@pytest.fixture
def drawn(monkeypatch):
    """The figures drawn in a test, in order."""
    from matplotlib.figure import Figure

    figures = []
    save = Figure.savefig

    def keep(figure, *args, **kwargs):
        figures.append(figure)
        return save(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", keep)
    return figures

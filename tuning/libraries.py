"""Libraries of a search, asked for before anything is read."""

from __future__ import annotations

import importlib.util

# KerasTuner imports tensorboard without declaring it.
NEEDED = {"keras_tuner": "keras-tuner", "tensorboard": "tensorboard"}


def require_tuner() -> None:
    """Refuse to search where a library is not installed.

    Raises:
        ImportError: with the line that installs what is missing.
    """
    for module, name in NEEDED.items():
        if importlib.util.find_spec(module) is None:
            raise ImportError(
                f"A search needs {name}, which is not installed. Install it with: "
                "pip install 'satn-keras[tune]'"
            )

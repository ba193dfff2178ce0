"""Libraries that a recipe needs, asked for before anything is read."""

from __future__ import annotations

import importlib.util

from satn_keras.config import ExperimentConfig

_OF_SYSTEMS = {
    "gmm_hmm": "hmmlearn",
    "dnn_hmm": "hmmlearn",
    "functionals_svm": "opensmile",
}


def require_libraries(config: ExperimentConfig) -> None:
    """Refuse a recipe whose libraries are not installed.

    Raises:
        ImportError: with the line that installs what is missing.
    """
    needed = [("matplotlib", "report", "The report's figures need")]
    name = config.system.name
    if name in _OF_SYSTEMS:
        needed.append((_OF_SYSTEMS[name], "baselines", f"System {name} needs"))
    if config.features.descriptors != "none":
        needed.append(("opensmile", "baselines", "features.descriptors needs"))
    for library, extra, sentence in needed:
        if importlib.util.find_spec(library) is None:
            raise ImportError(
                f"{sentence} {library}, which is not installed. Install it with: "
                f"pip install 'satn-keras[{extra}]'"
            )

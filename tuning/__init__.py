"""Search for settings on development speakers, test speakers out of reach.

Names load when they are first used: a search space needs no TensorFlow.
"""

import importlib

_HOMES = {
    "Dimension": "satn_keras.tuning.dimensions",
    "Pruning": "satn_keras.tuning.pruning",
    "SearchPlan": "satn_keras.tuning.plan",
    "SearchSpace": "satn_keras.tuning.search_space",
    "run_search": "satn_keras.tuning.search",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'satn_keras.tuning' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})

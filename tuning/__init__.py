"""Search for settings on development speakers, test speakers out of reach.

Names load when they are first used: a search space needs no TensorFlow.
"""

from satn_keras.lazy_names import lazy_names

_HOMES = {
    "Dimension": "dimensions",
    "Pruning": "pruning",
    "SearchPlan": "plan",
    "SearchSpace": "search_space",
    "run_search": "search",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)

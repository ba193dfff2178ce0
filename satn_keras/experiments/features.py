"""Front end of a run, with the statistics of its training part."""

from __future__ import annotations

import numpy as np

from satn_keras.config import FeatureConfig
from satn_keras.features import FrontEnd
from satn_keras.pipelines import FeatureStore


def make_front_end(config: FeatureConfig, statistics=None) -> FrontEnd:
    """Front end, normalising by `statistics` (mean, deviation) where given."""
    front_end = FrontEnd(config)
    if statistics is not None:
        mean, deviation = (np.asarray(array, "float32") for array in statistics)
        front_end.set_statistics(mean, deviation)
    return front_end


def fit_statistics(front_end: FrontEnd, store: FeatureStore) -> list | None:
    """Statistics of the training part, set in the front end and fit for JSON.

    None where the recipe does not normalise by the training part.
    """
    if front_end.config.normalization != "training":
        return None
    statistics = store.statistics()
    front_end.set_statistics(*statistics)
    return [array.tolist() for array in statistics]


def statistics_by_speaker(
    store: FeatureStore, config: FeatureConfig
) -> np.ndarray | None:
    """Each speaker's own statistics, where the recipe normalises by speaker.

    A part's speakers are described by that part alone: no statistic crosses from
    one part into another.
    """
    if config.normalization != "speaker":
        return None
    return store.speaker_statistics().astype("float32")

"""Front end of a run, with the statistics of its training part."""

from __future__ import annotations

import numpy as np

from satn_keras.config import FeatureConfig
from satn_keras.experiments.voices import fit_voices
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines import FeatureStore


def make_front_end(
    config: FeatureConfig, statistics=None
) -> FrontEnd | DescriptorFrontEnd:
    """Front end, normalising by `statistics` of `fit_statistics` where given."""
    described = config.descriptors != "none"
    front_end = DescriptorFrontEnd(config) if described else FrontEnd(config)
    if statistics is not None:
        _set_statistics(front_end, [np.asarray(each, "float32") for each in statistics])
    return front_end


def fit_statistics(
    front_end: FrontEnd | DescriptorFrontEnd,
    store: FeatureStore,
    voices: np.ndarray | None = None,
) -> list | None:
    """Statistics of the training part, set in the front end and fit for JSON.

    Mean and deviation, mean and whitening matrix, or what is known of the voices;
    None where the recipe does not normalise by the training part.

    Args:
        front_end: receives them.
        store: of the training part.
        voices: (voices, 2, bands, channels), its `statistics_by_speaker` where they
            are known already; a prior of speakers is their mean.
    """
    normalization = front_end.config.normalization
    if normalization == "voices":
        statistics = fit_voices(store, front_end.present)
    elif normalization == "whitening":
        statistics = store.whitening_statistics()
    elif normalization in ("training", "running"):
        statistics = store.statistics(front_end.present)
    elif front_end.config.speaker_prior_seconds:
        if voices is None:
            voices = store.voice_statistics(front_end.present)
        statistics = _mean_voice(voices[:, 0], voices[:, 1])
    else:
        return None
    _set_statistics(front_end, statistics)
    return [np.asarray(array).tolist() for array in statistics]


def _mean_voice(means, deviations):
    """Mean and deviation of all voices, in each band of those that vary in it.

    One that is never voiced has no pitch, which `FeatureStatistics` writes as 0 and 0.
    """
    varies = deviations > 0
    voices = np.maximum(varies.sum(axis=0), 1)
    mean = np.where(varies, means, 0.0).sum(axis=0) / voices
    return mean, np.sqrt(np.square(deviations).sum(axis=0) / voices)


def _set_statistics(front_end, statistics):
    normalization = front_end.config.normalization
    if normalization == "whitening":
        front_end.set_whitening(*statistics)
    elif normalization == "voices":
        front_end.set_voices(*statistics)
    else:
        front_end.set_statistics(*statistics)


def statistics_by_speaker(
    store: FeatureStore,
    front_end: FrontEnd | DescriptorFrontEnd,
    training: bool = False,
) -> np.ndarray | None:
    """Each voice's own statistics, where the recipe normalises by speaker.

    A part's speakers are described by that part alone: no statistic crosses from
    one part into another, but for the training part's where speakers have a prior.
    Where it normalises by voices, those of the training part alone: who else is heard,
    nobody says.
    """
    normalization = front_end.config.normalization
    if normalization == "speaker" or (training and normalization == "voices"):
        prior = None if training else front_end.speaker_prior
        return store.voice_statistics(front_end.present, prior).astype("float32")
    return None

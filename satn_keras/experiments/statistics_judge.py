"""Student's second judge: a linear discriminant of an utterance's statistics."""

import dataclasses

import keras
import numpy as np

from satn_keras.config import StudentConfig
from satn_keras.experiments.discriminant import discriminant_scores, fit_discriminant
from satn_keras.experiments.strangers_temperature import strangers_temperature
from satn_keras.features import LinearDiscriminant, UtteranceStatistics
from satn_keras.models import PosteriorProduct
from satn_keras.pipelines import Batcher


def with_statistics_judge(
    model: keras.Model,
    training: Batcher,
    config: StudentConfig,
    batch_size: int,
) -> keras.Model:
    """Model whose posterior is multiplied by that of a discriminant.

    The discriminant hears `UtteranceStatistics` of the features that the model hears.
    It is fitted in closed form, on every utterance of the training part in every
    version, whole and unmasked. The model's own weights stay as they are.

    Args:
        model: trained student; a functional model of `features` and `mask`.
        training: batches of the training part.
        config: the discriminant's weight, shrinkage and scaling, and whether the
            product is calibrated.
        batch_size: utterances at a time.

    Returns:
        Functional model that shares the layers of `model`, of the same inputs.
    """
    normalization = training.front_end.normalization
    layer = UtteranceStatistics(normalization.pitch_band, name="statistics")
    statistics = layer(model.input["features"], mask=model.input["mask"])
    heard = _heard(keras.Model(model.input, statistics), training, batch_size)

    num_classes = model.output_shape[-1]
    discriminant = LinearDiscriminant(
        heard.values.shape[1], num_classes, name="discriminant"
    )
    discriminant.set_discriminant(*_fit(heard, config, num_classes))
    product = PosteriorProduct(
        config.statistics_weight,
        _temperature(heard, config, num_classes),
        name="posterior_product",
    )
    posterior = product(model.output, discriminant(statistics))
    return keras.Model(model.input, posterior, name=model.name)


@dataclasses.dataclass(frozen=True)
class _Heard:
    values: np.ndarray  # (rows, statistics)
    labels: np.ndarray  # (rows,)
    voices: np.ndarray  # (rows,), a speaker at each speed
    speakers: np.ndarray  # (rows,)

    def __getitem__(self, rows):
        parts = (getattr(self, each.name)[rows] for each in dataclasses.fields(self))
        return _Heard(*parts)


def _heard(listener, training, batch_size) -> _Heard:
    """Every row of the training part."""
    batches, order = training.evaluation(batch_size, every_version=True)
    values, labels = [], []
    for inputs, targets, *_ in batches:
        heard = {name: inputs[name] for name in listener.input}
        values.append(np.asarray(listener(heard)))
        labels.append(targets.numpy())
    labels = np.concatenate(labels)
    if labels.ndim == 2:  # shares of the classes, for mixtures
        labels = labels.argmax(axis=1)
    store = training.store
    whose = store.voice_ids[order], store.speaker_ids[order]
    return _Heard(np.concatenate(values), labels, *whose)


def _fit(heard, config, num_classes):
    several = len(np.unique(heard.speakers)) > 1  # one at three speeds is no several
    agreeing = config.statistics_scaling == "agreement" and several
    voices = heard.voices if agreeing else None
    shrinkage = config.statistics_shrinkage
    return fit_discriminant(heard.values, heard.labels, shrinkage, num_classes, voices)


def _temperature(heard, config, num_classes) -> float:
    """Of the product: what makes the discriminant in it as sure as it is right.

    The network is softened with it. It cannot be asked how it hears training speakers
    left out without being trained anew for each.
    """
    if config.posterior_calibration == "none" or len(np.unique(heard.speakers)) < 2:
        return 1.0

    def fit(rows):
        weights = _fit(heard[rows], config, num_classes)
        return lambda others: discriminant_scores(heard.values[others], weights)

    centred = config.posterior_normalization == "speaker"
    relevance = config.posterior_relevance if centred else None
    alone = strangers_temperature(fit, heard.labels, heard.speakers, relevance)
    return max(1.0, alone * config.statistics_weight)

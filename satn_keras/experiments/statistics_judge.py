"""Student's second judge: a linear discriminant of an utterance's statistics."""

from __future__ import annotations

import keras
import numpy as np

from satn_keras.config import StudentConfig
from satn_keras.experiments.discriminant import fit_discriminant
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
        config: the discriminant's weight and shrinkage.
        batch_size: utterances at a time.

    Returns:
        Functional model that shares the layers of `model`, of the same inputs.
    """
    features, mask = model.input["features"], model.input["mask"]
    normalization = training.front_end.normalization
    layer = UtteranceStatistics(normalization.pitch_band, name="statistics")
    statistics = layer(features, mask=mask)
    values, labels = _heard(keras.Model(model.input, statistics), training, batch_size)
    num_classes = model.output_shape[-1]
    discriminant = LinearDiscriminant(values.shape[1], num_classes, name="discriminant")
    discriminant.set_discriminant(
        *fit_discriminant(values, labels, config.statistics_shrinkage, num_classes)
    )
    product = PosteriorProduct(config.statistics_weight, name="posterior_product")
    posterior = product(model.output, discriminant(statistics))
    return keras.Model(model.input, posterior, name=model.name)


def _heard(listener, training, batch_size):
    """Statistics (rows, values) and class (rows,) of every row of the part."""
    batches, _ = training.evaluation(batch_size, every_version=True)
    values, labels = [], []
    for inputs, targets, *_ in batches:
        heard = {name: inputs[name] for name in listener.input}
        values.append(np.asarray(listener(heard)))
        labels.append(targets.numpy())
    labels = np.concatenate(labels)
    if labels.ndim == 2:  # shares of the classes, for mixtures
        labels = labels.argmax(axis=1)
    return np.concatenate(values), labels

"""Deep network that tells the states of all classes' hidden Markov models apart."""

import keras
import numpy as np

from satn_keras.config.systems import DnnHmm
from satn_keras.models.baselines.context_frames import ContextFrames

# Least posterior of a state: one that a softmax rounds to 0 still has a logarithm.
LEAST_POSTERIOR = 1e-20


def build_state_network(
    num_states_total: int,
    config: DnnHmm | None = None,
    bands: int = 13,
    channels: int = 3,
    seed: int | None = None,
    name: str = "state_network",
) -> keras.Model:
    """State network of a DNN-HMM: stacked frames, ReLU layers, softmax over states.

    An HMM baseline in the way of hybrid speech recognition: the network gives the
    posterior of each state at each frame, which divided by the state's prior stands
    in for its likelihood (`log_emissions`). 11 frames and three layers of 256 units
    are choices of this package.

    Args:
        num_states_total: states of all classes together.
        config: sizes; the defaults of `DnnHmm` when absent.
        bands: values in one frame and channel, cepstral coefficients say.
        channels: static, first and second derivative.
        seed: of the initial weights.
        name: of the model.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames), bool.

    Output shape:
        (batch, frames, num_states_total), float32 posterior of each frame; without
        meaning on padded frames.

    Raises:
        ValueError: if `num_states_total` is below 2.

    Example:
        >>> network = build_state_network(30)
        >>> network.output_shape, network.count_params() == 429 * 256 + 2 * 256**2 + (
        ...     3 * 256 + 256 * 30 + 30)
        ((None, None, 30), True)

    References:
        Hinton et al., Deep Neural Networks for Acoustic Modeling in Speech
        Recognition, IEEE Signal Processing Magazine 2012.
    """
    if num_states_total < 2:
        raise ValueError(
            "`num_states_total` must be at least 2. "
            f"Received: num_states_total={num_states_total}."
        )
    config = config or DnnHmm(name="dnn_hmm")
    features = keras.Input((None, bands, channels), name="features")
    mask = keras.Input((None,), dtype="bool", name="mask")
    x = keras.layers.Reshape((-1, bands * channels), name="flatten")(features)
    x = ContextFrames(config.context_frames, name="context")(x, mask=mask)
    for number in range(1, config.num_layers + 1):
        x = keras.layers.Dense(
            config.units,
            activation="relu",
            kernel_initializer=_initializer("HeUniform", seed, number),
            name=f"hidden_{number}",
        )(x)
    posterior = keras.layers.Dense(
        num_states_total,
        activation="softmax",
        kernel_initializer=_initializer("GlorotUniform", seed, 0),
        dtype="float32",
        name="states",
    )(x)
    return keras.Model({"features": features, "mask": mask}, posterior, name=name)


def state_priors(counts: np.ndarray) -> np.ndarray:
    """Share of each state in the training part, each counted once more than seen.

    Args:
        counts: (states,), frames of each state, weighted as in training.

    Example:
        >>> state_priors(np.array([7, 0, 1])).round(3)
        array([0.727, 0.091, 0.182])
    """
    return (counts + 1) / (np.sum(counts) + len(counts))


def log_emissions(
    posteriors: np.ndarray, priors: np.ndarray, num_classes: int
) -> np.ndarray:
    r"""Scaled log likelihood of each frame in each state of each class.

    $$\log b_j(x_t) = \log p(j \mid x_t) - \log p(j) + \text{const}(x_t)$$

    The constant is the same for all classes, so it decides nothing.

    Args:
        posteriors: (frames, states of all classes), class after class.
        priors: (states of all classes,).
        num_classes: how many classes share the states, equally.

    Returns:
        (frames, classes, states), float64.

    Example:
        >>> posteriors, priors = np.array([[0.5, 0.25, 0.25, 0.0]]), np.full(4, 0.25)
        >>> log_emissions(posteriors, priors, num_classes=2).round(1)
        array([[[  0.7,   0. ],
                [  0. , -44.7]]])
    """
    posteriors = np.maximum(np.asarray(posteriors, "float64"), LEAST_POSTERIOR)
    scores = np.log(posteriors) - np.log(priors)
    return scores.reshape(len(scores), num_classes, -1)


def _initializer(kind, seed, number):
    seed = None if seed is None else seed + number
    return getattr(keras.initializers, kind)(seed=seed)

"""Small hidden Markov models, and all their paths."""

import itertools

import numpy as np

from satn_keras.models.baselines.mixture_hmm import MixtureHmm


def random_chain(rng, *models, states=3):
    """Logarithms of start (..., states) and transitions (..., states, states)."""
    start = rng.dirichlet(np.ones(states), models)
    return np.log(start), np.log(rng.dirichlet(np.ones(states), (*models, states)))


def random_emissions(rng, *shape):
    return np.log(rng.uniform(0.01, 1.0, shape))


def every_path(log_emissions, log_start, log_transitions):
    """Log probability of each path of states through (frames, states), by the path."""
    frames, states = log_emissions.shape
    scores = {}
    for path in itertools.product(range(states), repeat=frames):
        score = log_start[path[0]] + sum(log_emissions[range(frames), path])
        score += sum(log_transitions[pair] for pair in itertools.pairwise(path))
        scores[path] = score
    return scores


def left_to_right(means, leave=0.1, spread=0.5):
    """Model of the means (states, components, dims), all components as heavy."""
    means = np.asarray(means, "float64")
    states, components, _ = means.shape
    transitions = (1 - leave) * np.eye(states) + leave * np.eye(states, k=1)
    transitions[-1, -1] = 1
    return MixtureHmm(
        np.eye(states)[0],
        transitions,
        np.full((states, components), 1 / components),
        means,
        np.full_like(means, spread**2),
    )


def sample(model, frames, rng):
    """Sequence (frames, dims) and its states, drawn as the model says."""
    state, states, values = 0, [], []
    for _ in range(frames):
        component = rng.choice(len(model.weights[state]), p=model.weights[state])
        mean, variance = (a[state, component] for a in (model.means, model.variances))
        values.append(rng.normal(mean, np.sqrt(variance)))
        states.append(state)
        state = rng.choice(len(model.start), p=model.transitions[state])
    return np.array(values), np.array(states)

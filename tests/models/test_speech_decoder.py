"""The decoder follows its equations, step by step and at once."""

import keras
import numpy as np
import pytest

from tests.models.small_models import CHANNELS, TOKENS, louder, small_decoder, token_ids
from tests.support.layer_contracts import numbers

ROWS, FRAMES, STEPS = 2, 7, 4
MEMORY = numbers(ROWS, FRAMES, CHANNELS)
MASK = np.arange(FRAMES) < np.array([[FRAMES], [3]])
SPOKEN = token_ids(ROWS, STEPS)


@pytest.fixture(autouse=True)
def same_initial_weights():
    keras.utils.set_random_seed(1)


def to_numpy(outputs):
    return [keras.ops.convert_to_numpy(y) for y in outputs]


def decoder(**changes):
    made = small_decoder(**changes)
    made(MEMORY, SPOKEN)
    return louder(made, 3.0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def weights_by_name(layer):
    prefix = f"{layer.name}/"
    return {w.path.removeprefix(prefix): w.numpy() for w in layer.weights}


def located(w, before):
    """Chorowski et al. 2015, eq. 8: filters of 5 taps over the alignment before."""
    if "location/kernel" not in w:
        return np.zeros((len(before), 2))
    around = np.pad(before, 2)
    taps = [around[j : j + 5] @ w["location/kernel"][:, 0] for j in range(len(before))]
    return np.array(taps) @ w["location_keys/kernel"]


def one_step(w, memory, hidden, cell, before, token):
    """Bahdanau et al. 2015, appendix A, for one utterance; gates i, f, c, o."""
    embedded, query = w["embedding/embeddings"][token], hidden
    if len(w["attention/query/kernel"]) > len(hidden):
        query = np.concatenate([hidden, embedded])
    energies = [
        w["attention/score"]
        @ np.tanh(
            query @ w["attention/query/kernel"]
            + h @ w["attention/memory/kernel"]
            + f
            + w["attention/memory/bias"]
        )
        for h, f in zip(memory, located(w, before), strict=True)
    ]
    alpha = np.exp(energies) / np.exp(energies).sum()
    context = sum(a * h for a, h in zip(alpha, memory, strict=True))
    read = np.concatenate([embedded, context])
    gates = read @ w["cell/kernel"] + hidden @ w["cell/recurrent_kernel"]
    i, f, c, o = np.split(gates + w["cell/bias"], 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
    hidden = sigmoid(o) * np.tanh(cell)
    joined = np.concatenate([hidden, context])
    deep = np.tanh(joined @ w["hidden/kernel"] + w["hidden/bias"])
    logits = deep @ w["logits/kernel"] + w["logits/bias"]
    return hidden, cell, alpha, logits


@pytest.mark.parametrize("query_token", [False, True])
@pytest.mark.parametrize("filters", [0, 3])
def test_logits_and_alignment_are_those_of_the_equations(filters, query_token):
    layer = decoder(location_filters=filters, query_token=query_token)
    w = weights_by_name(layer)
    logits, alignment = to_numpy(layer(MEMORY, SPOKEN, mask=MASK))
    for row in range(ROWS):
        true = MEMORY[row, MASK[row]]
        hidden, cell, alpha = np.zeros(5), np.zeros(5), np.zeros(len(true))
        for step, token in enumerate(SPOKEN[row]):
            hidden, cell, alpha, y = one_step(w, true, hidden, cell, alpha, token)
            np.testing.assert_allclose(logits[row, step], y, rtol=1e-4, atol=1e-5)
            heard = alignment[row, step]
            np.testing.assert_allclose(heard[: len(true)], alpha, rtol=1e-4, atol=1e-6)
            assert (heard[len(true) :] == 0).all()


def test_teacher_forcing_is_one_step_after_another():
    layer = decoder()
    at_once = to_numpy(layer(MEMORY, SPOKEN, mask=MASK))
    memory, mask = map(keras.ops.convert_to_tensor, (MEMORY, MASK))
    keys = layer.attention.project(memory)
    state = layer.initial_state(memory)
    for step in range(STEPS):
        token = keras.ops.convert_to_tensor(SPOKEN[:, step])
        state = layer.step(memory, keys, mask, state, token)
        hidden, _, context, weights = state
        logits = layer.emit(hidden, context)
        for a, e in zip(to_numpy([logits, weights]), at_once, strict=True):
            np.testing.assert_allclose(a, e[:, step], rtol=1e-5, atol=1e-5)


def test_a_step_knows_nothing_of_the_tokens_after_it():
    layer = decoder()
    other = SPOKEN.copy()
    other[:, 2] = (other[:, 2] + 1) % TOKENS
    before, _ = to_numpy(layer(MEMORY, SPOKEN))
    after, _ = to_numpy(layer(MEMORY, other))
    np.testing.assert_array_equal(after[:, :2], before[:, :2])
    assert np.abs(after[:, 2:] - before[:, 2:]).max() > 1e-3


def test_without_sampling_training_reads_the_given_tokens():
    layer = decoder(sampling=0.0)
    plain = to_numpy(layer(MEMORY, SPOKEN, training=False))
    training = to_numpy(layer(MEMORY, SPOKEN, training=True))
    for a, e in zip(training, plain, strict=True):
        np.testing.assert_array_equal(a, e)


def test_full_sampling_reads_its_own_guesses_in_training_only():
    layer = decoder(sampling=1.0)
    spoken = SPOKEN.copy()
    spoken[1, 3] = 0  # padding is left alone
    plain, _ = to_numpy(layer(MEMORY, spoken, training=False))
    guesses = plain.argmax(axis=-1)
    own = np.concatenate([spoken[:, :1], guesses[:, :-1]], axis=1).astype("int32")
    own[1, 3] = 0
    assert (own != spoken).any()
    sampled, _ = to_numpy(layer(MEMORY, spoken, training=True))
    expected, _ = to_numpy(layer(MEMORY, own, training=False))
    np.testing.assert_allclose(sampled, expected, rtol=1e-5, atol=1e-6)
    assert np.abs(sampled - plain).max() > 1e-3


def test_sampling_swaps_its_share_of_the_tokens():
    layer = decoder(sampling=0.25, seed=1)
    memory = np.repeat(MEMORY[:1], 400, axis=0)
    first, _ = to_numpy(layer(MEMORY[:1], SPOKEN[:1]))
    other = 3 if first[0, 0].argmax() != 3 else 4  # so that a swap shows
    spoken = np.tile(np.array([[SPOKEN[0, 0], other]], "int32"), (400, 1))
    plain, _ = to_numpy(layer(memory, spoken, training=False))
    sampled, _ = to_numpy(layer(memory, spoken, training=True))
    swapped = np.abs(sampled[:, 1] - plain[:, 1]).max(axis=-1) > 1e-4
    # Binomial of 400 at 1/4: mean 100, deviation 8.7; five deviations.
    assert 56 < swapped.sum() < 144


def test_a_decoder_keeps_its_own_precision():
    layer = small_decoder(dtype="mixed_float16")
    copy = type(layer).from_config(layer.get_config())
    for each in (layer, copy):
        assert each.cell.compute_dtype == "float16"
        assert each.attention.compute_dtype == "float16"
        assert each.logits.compute_dtype == "float32"

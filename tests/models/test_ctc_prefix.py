"""CTC prefix probabilities against the sum over every possible path."""

import keras
import numpy as np
import pytest

from satn_keras.models.ctc_prefix import empty_prefix, extend_prefix, prefix_scores
from tests.models.small_models import ctc_costs, log_softmax

EOS = 2
FRAMES, TOKENS = 6, 5  # token 0 is the blank
SAID = (3, 3, 4, 1)  # one token twice


@pytest.fixture(scope="module")
def logits():
    return 2 * np.random.default_rng(1).standard_normal((FRAMES, TOKENS))


def walk(logits):
    """Prefix, last token and scores before each token of SAID."""
    log_probabilities = log_softmax(logits).astype("float32")[np.newaxis]
    prefix, last = empty_prefix(log_probabilities), np.array([0])
    for step, token in enumerate(SAID):
        scores = prefix_scores(prefix, log_probabilities, last, EOS)
        yield SAID[:step], keras.ops.convert_to_numpy(scores)[0]
        token = np.array([token])
        prefix = extend_prefix(prefix, log_probabilities, last, token)
        last = token


def test_a_next_token_scores_the_sum_of_all_transcripts_that_begin_so(logits):
    costs = ctc_costs(logits)
    for said, scores in walk(logits):
        for token in (1, 3, 4):
            begins = (*said, token)
            share = sum(
                np.exp(-cost)
                for target, cost in costs.items()
                if target[: len(begins)] == begins
            )
            np.testing.assert_allclose(scores[token], np.log(share), rtol=1e-4)


def test_the_end_scores_the_transcript_as_it_stands(logits):
    costs = ctc_costs(logits)
    for said, scores in walk(logits):
        np.testing.assert_allclose(scores[EOS], -costs[said], rtol=1e-4)


def test_padded_frames_that_are_blank_for_certain_change_nothing(logits):
    blank = np.where(np.arange(TOKENS) == 0, 0.0, -1e4)
    longer = np.concatenate([logits, np.tile(blank, (3, 1))])
    for (_, expected), (_, actual) in zip(walk(logits), walk(longer), strict=True):
        np.testing.assert_allclose(actual[1:], expected[1:], rtol=1e-3)

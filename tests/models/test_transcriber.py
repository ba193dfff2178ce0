"""Free running writes what plain searches write."""

import itertools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from satn_keras.models import Transcriber
from tests.models.small_models import BANDS, ctc_costs, log_softmax, small_teacher

PAD, SOS, EOS = 0, 1, 2
SPOKEN = (3, 4, 5)
RNG = np.random.default_rng
ROWS, FRAMES = 6, 9  # 5 frames of the decoder's memory
LENGTHS = np.array([9, 8, 9, 7, 8, 9])


@pytest.fixture(scope="module")
def teacher():
    """Random weights with which transcripts differ, and pad and sos are likely."""
    keras.utils.set_random_seed(1)
    model, rng = small_teacher(num_tokens=6, num_levels=2, memory_stride=2), RNG(6)
    decoder = model.get_layer("decoder")
    for weight in decoder.weights:
        weight.assign(rng.standard_normal(weight.shape))
    decoder.logits.bias.assign([9.0, 9.0, 0.0, 0.0, 0.0, 0.0])
    return model


@pytest.fixture(scope="module")
def heard():
    features = 2 * RNG(1).standard_normal((ROWS, FRAMES, BANDS, 3)).astype("float32")
    return {"features": features, "mask": np.arange(FRAMES) < LENGTHS[:, np.newaxis]}


def utterance(heard, row):
    """One utterance alone, without its padding."""
    frames = LENGTHS[row]
    return {name: array[row : row + 1, :frames] for name, array in heard.items()}


def transcribe(teacher, heard, max_steps, **options):
    outputs = Transcriber(teacher, max_steps, **options)(heard)
    return {name: keras.ops.convert_to_numpy(y) for name, y in outputs.items()}


class Listener:
    """One utterance's log probabilities by teacher forcing, and its CTC logits."""

    def __init__(self, teacher, inputs):
        self.teacher, self.inputs = teacher, inputs
        self.ctc_costs = ctc_costs(self._run([SOS])["ctc"][0].numpy())
        self.known = {}

    def next_token(self, prefix):
        """Log probability of each token after `prefix`, which may be anything."""
        if prefix not in self.known:
            logits = self._run([SOS, *prefix])["tokens"]
            self.known[prefix] = log_softmax(logits[0, -1].numpy())
        return self.known[prefix]

    def log_probability(self, tokens):
        return sum(
            self.next_token(tuple(tokens[:step]))[token]
            for step, token in enumerate(tokens)
        )

    def prefix_rank(self, tokens, ctc_weight):
        """Rank of a prefix: the CTC head counts all that begins with it."""
        score = (1 - ctc_weight) * self.log_probability(tokens)
        if ctc_weight:
            ended = tokens[-1] == EOS
            spoken = tuple(token for token in tokens if token != EOS)
            shares = [
                np.exp(-cost)
                for target, cost in self.ctc_costs.items()
                if (target == spoken if ended else target[: len(spoken)] == spoken)
            ]
            score += ctc_weight * (np.log(sum(shares)) if shares else -1e9)
        return score

    def rank(self, tokens, ctc_weight):
        score = (1 - ctc_weight) * self.log_probability(tokens)
        if ctc_weight:
            spoken = tuple(token for token in tokens if token != EOS)
            score -= ctc_weight * self.ctc_costs.get(spoken, np.inf)
        return score / len(tokens)

    def _run(self, tokens):
        tokens = np.array([tokens], "int32")
        return self.teacher({**self.inputs, "tokens": tokens})


@pytest.fixture(scope="module")
def listeners(teacher, heard):
    return [Listener(teacher, utterance(heard, row)) for row in range(ROWS)]


def greedy(listener, max_steps):
    tokens = ()
    while len(tokens) < max_steps and (not tokens or tokens[-1] != EOS):
        allowed = (EOS, *SPOKEN)
        tokens += (max(allowed, key=lambda t: listener.next_token(tokens)[t]),)
    return tokens


def beam(listener, max_steps, width, ctc_weight):
    kept = [()]
    for _ in range(max_steps):
        grown = []
        for tokens in kept:
            ended = tokens and tokens[-1] == EOS
            grown += [tokens] if ended else [(*tokens, t) for t in (EOS, *SPOKEN)]
        kept = sorted(grown, key=lambda t: listener.prefix_rank(t, ctc_weight))[-width:]
    return max(kept, key=lambda tokens: listener.rank(tokens, ctc_weight))


def every_transcript(max_steps):
    ended = [
        (*tokens, EOS)
        for steps in range(max_steps)
        for tokens in itertools.product(SPOKEN, repeat=steps)
    ]
    return [*ended, *itertools.product(SPOKEN, repeat=max_steps)]


def padded(tokens, max_steps):
    return [*tokens, *[PAD] * (max_steps - len(tokens))]


def test_greedy_search_takes_the_likeliest_token_each_time(teacher, heard, listeners):
    outputs = transcribe(teacher, heard, max_steps=5)
    expected = [greedy(listener, 5) for listener in listeners]
    assert len({len(tokens) for tokens in expected}) > 1  # some end early
    assert outputs["tokens"].tolist() == [padded(tokens, 5) for tokens in expected]
    scores = [
        listener.log_probability(tokens)
        for listener, tokens in zip(listeners, expected, strict=True)
    ]
    np.testing.assert_allclose(outputs["scores"], scores, rtol=1e-4)


@pytest.mark.parametrize("width", [2, 3])
def test_beam_search_keeps_the_likeliest_prefixes(teacher, heard, listeners, width):
    outputs = transcribe(teacher, heard, 3, beam_width=width, ctc_weight=0.3)
    compared = 0
    for row, listener in enumerate(listeners):
        tokens = beam(listener, 3, width, 0.3)
        if np.isfinite(listener.rank(tokens, 0.3)):  # else no beam fits the frames
            assert outputs["tokens"][row].tolist() == padded(tokens, 3)
            compared += 1
    assert compared > ROWS // 2


@pytest.mark.parametrize("ctc_weight", [0.0, 0.3, 1.0])
def test_a_wide_beam_finds_the_best_of_all_transcripts(
    teacher, heard, listeners, ctc_weight
):
    outputs = transcribe(teacher, heard, 3, beam_width=50, ctc_weight=ctc_weight)
    assert len(every_transcript(3)) == 1 + 3 + 9 + 27  # fewer than the beam holds
    found = []
    for row, listener in enumerate(listeners):
        ranks = {t: listener.rank(t, ctc_weight) for t in every_transcript(3)}
        best = max(ranks, key=ranks.get)
        found.append(best)
        assert outputs["tokens"][row].tolist() == padded(best, 3)
        np.testing.assert_allclose(outputs["scores"][row], ranks[best], rtol=1e-3)
    assert found != [greedy(listener, 3) for listener in listeners]


@pytest.mark.parametrize("width", [1, 4])
def test_nothing_but_padding_follows_the_end_and_none_comes_before(
    teacher, heard, width
):
    outputs = transcribe(teacher, heard, 5, beam_width=width)
    for tokens, alignment in zip(outputs["tokens"], outputs["alignment"], strict=True):
        ends = np.flatnonzero(tokens == EOS)
        length = ends[0] + 1 if len(ends) else 5
        assert not np.isin(tokens[:length], (PAD, SOS)).any()
        assert (tokens[length:] == PAD).all()
        np.testing.assert_allclose(alignment[:length].sum(axis=-1), 1.0, rtol=1e-5)
        assert (alignment[length:] == 0).all()


@pytest.mark.parametrize("width", [1, 4])
def test_the_alignment_is_that_of_the_tokens_that_are_returned(teacher, heard, width):
    outputs = transcribe(teacher, heard, 4, beam_width=width)
    tokens = outputs["tokens"]
    before = np.concatenate([np.full((ROWS, 1), SOS), tokens[:, :-1]], axis=1)
    forced = teacher({**heard, "tokens": before.astype("int32")})["alignment"].numpy()
    forced[tokens == PAD] = 0
    np.testing.assert_allclose(outputs["alignment"], forced, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("width", [1, 4])
def test_an_utterance_is_heard_alone_as_beside_longer_ones(teacher, heard, width):
    together = transcribe(teacher, heard, 5, beam_width=width)
    for row in range(ROWS):
        alone = transcribe(teacher, utterance(heard, row), 5, beam_width=width)
        assert alone["tokens"].tolist() == together["tokens"][row : row + 1].tolist()
        np.testing.assert_allclose(
            alone["scores"][0], together["scores"][row], rtol=1e-4
        )


@pytest.mark.parametrize("width", [1, 4])
def test_the_targets_of_a_training_batch_are_not_looked_at(teacher, heard, width):
    expected = transcribe(teacher, heard, 4, beam_width=width)
    targets = np.full((ROWS, 2), SPOKEN[0], "int32")
    actual = transcribe(teacher, {**heard, "tokens": targets}, 4, beam_width=width)
    for name, array in expected.items():
        np.testing.assert_array_equal(actual[name], array)


@pytest.mark.parametrize("width", [1, 3])
def test_a_graph_of_unknown_shape_writes_the_same(teacher, heard, width):
    expected = transcribe(teacher, heard, 4, beam_width=width)
    graph = tf.function(
        Transcriber(teacher, 4, beam_width=width),
        input_signature=[
            {
                "features": tf.TensorSpec((None, None, BANDS, 3)),
                "mask": tf.TensorSpec((None, None), tf.bool),
            }
        ],
    )
    actual = graph({name: tf.constant(array) for name, array in heard.items()})
    np.testing.assert_array_equal(actual["tokens"], expected["tokens"])
    np.testing.assert_allclose(actual["scores"], expected["scores"], rtol=1e-5)


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
def test_a_saved_transcriber_writes_the_same(teacher, heard, tmp_path):
    transcriber = Transcriber(teacher, 4, beam_width=3, ctc_weight=0.2)
    expected = transcriber(heard)
    transcriber.save(tmp_path / "transcriber.keras")
    loaded = keras.saving.load_model(tmp_path / "transcriber.keras")
    assert json.dumps(loaded.get_config()) == json.dumps(transcriber.get_config())
    actual = loaded(heard)
    np.testing.assert_array_equal(actual["tokens"], expected["tokens"])
    np.testing.assert_array_equal(actual["scores"], expected["scores"])


@pytest.mark.parametrize("arguments", [{"beam_width": 0}, {"max_steps": 0}])
def test_a_search_without_steps_or_beams_is_refused(teacher, arguments):
    name, _ = next(iter(arguments.items()))
    with pytest.raises(ValueError, match=f"must be at least 1. Received:.*{name}=0"):
        Transcriber(teacher, **arguments)

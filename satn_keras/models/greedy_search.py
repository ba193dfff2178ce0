"""The likeliest token at each step of a decoder."""

from typing import NamedTuple

from keras import ops

from satn_keras.phonemes import EOS_ID as EOS
from satn_keras.phonemes import PAD_ID as PAD
from satn_keras.phonemes import SOS_ID as SOS

NEVER = -1e9  # log probability of what cannot follow


class Transcript(NamedTuple):
    """Best tokens of a batch and where each of them was heard."""

    tokens: object  # (batch, steps), int32, `eos` then padding after the last
    alignment: object  # (batch, steps, memory frames)
    scores: object  # (batch,)


def greedy_search(decoder, memory, mask, max_steps: int) -> Transcript:
    """Transcript of each utterance, with its log probability as score.

    Args:
        decoder: `SpeechDecoder`.
        memory: (batch, frames, channels).
        mask: (batch, frames), true frames.
        max_steps: tokens after which an utterance ends by force.
    """
    keys = decoder.attention.project(memory)
    batch, frames = ops.shape(memory)[:2]

    def unfinished(step, token, *_):
        return ops.any(token != EOS)

    def advance(step, token, state, tokens, alignment, scores):
        done = token == EOS
        state = decoder.step(memory, keys, mask, state, token)
        gains = next_token_scores(decoder, state)
        best = ops.cast(ops.argmax(gains, axis=-1), "int32")
        scores = scores + ops.where(done, 0.0, ops.max(gains, axis=-1))
        weights = ops.where(done[:, None], 0.0, state[3])
        tokens = write(tokens, step, ops.where(done, PAD, best))
        alignment = write(alignment, step, weights)
        best = ops.where(done, EOS, best)
        return step + 1, best, state, tokens, alignment, scores

    _, _, _, tokens, alignment, scores = ops.while_loop(
        unfinished,
        advance,
        (
            ops.convert_to_tensor(0, "int32"),
            ops.full((batch,), SOS, dtype="int32"),
            decoder.initial_state(memory),
            ops.zeros((batch, max_steps), dtype="int32"),
            ops.zeros((batch, max_steps, frames)),
            ops.zeros((batch,)),
        ),
        maximum_iterations=max_steps,
    )
    return Transcript(tokens, alignment, scores)


def next_token_scores(decoder, state):
    """(rows, tokens), log probability; padding and the start can never follow."""
    hidden, _, context, _ = state
    scores = ops.log_softmax(decoder.emit(hidden, context, training=False))
    tokens = ops.arange(scores.shape[-1])
    return ops.where(ops.logical_or(tokens == PAD, tokens == SOS), NEVER, scores)


def write(buffer, step, values):
    """Buffer (batch, steps, ...) with `values` (batch, ...) at `step`."""
    here = ops.arange(buffer.shape[1]) == step
    here = ops.reshape(here, (1, -1) + (1,) * (len(buffer.shape) - 2))
    return ops.where(here, ops.expand_dims(values, 1), buffer)

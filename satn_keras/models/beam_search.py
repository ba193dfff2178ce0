"""The best transcript by decoder and CTC head together."""

from typing import NamedTuple

from keras import ops

from satn_keras.models.ctc_prefix import (
    CTCPrefix,
    empty_prefix,
    extend_prefix,
    prefix_scores,
)
from satn_keras.models.greedy_search import (
    NEVER,
    Transcript,
    next_token_scores,
    write,
)
from satn_keras.phonemes import EOS_ID as EOS
from satn_keras.phonemes import PAD_ID as PAD
from satn_keras.phonemes import SOS_ID as SOS


class _Beams(NamedTuple):
    """All beams of all utterances, a row each."""

    token: object  # (rows,), the last one
    state: tuple  # of the decoder
    decoded: object  # (rows,), the decoder's log probability
    heard: object  # (rows,), the CTC head's, of the prefix with any sequel
    prefix: CTCPrefix
    tokens: object  # (rows, steps)
    alignment: object  # (rows, steps, frames)


def beam_search(
    decoder, memory, mask, ctc, max_steps: int, width: int, ctc_weight: float
) -> Transcript:
    """Transcript of each utterance, with what the search ranks by as score.

    One-pass joint decoding (Watanabe et al. 2017, section II-D): a prefix ranks by
    `(1 - ctc_weight) * decoder + ctc_weight * ctc`, log probabilities, where the CTC
    head counts every transcript that begins with the prefix; a whole transcript by
    the same of itself, divided by its length with `eos`.

    Args:
        decoder: `SpeechDecoder`.
        memory: (batch, frames, channels).
        mask: (batch, frames), true frames.
        ctc: (batch, frames, tokens), logits; padded frames blank for certain.
        max_steps: tokens after which an utterance ends by force.
        width: beams an utterance.
        ctc_weight: 0 leaves the CTC head out, 1 the decoder.
    """
    batch, frames = ops.shape(memory)[:2]
    memory, mask, ctc = (ops.repeat(x, width, axis=0) for x in (memory, mask, ctc))
    keys = decoder.attention.project(memory)
    frame_scores = ops.log_softmax(ctc)
    rows = ops.repeat(ops.arange(batch) * width, width)  # first row of each beam

    def rank(decoded, heard):
        return (1 - ctc_weight) * decoded + ctc_weight * heard

    def unfinished(step, beams):
        return ops.any(beams.token != EOS)

    def advance(step, beams):
        done = beams.token == EOS  # (rows,)
        last = ops.where(beams.token == SOS, PAD, beams.token)
        state = decoder.step(memory, keys, mask, beams.state, beams.token)
        decoded = beams.decoded[:, None] + next_token_scores(decoder, state)
        decoded = _only_end(done, decoded, beams.decoded)
        heard = beams.heard[:, None] + ops.zeros_like(decoded)
        if ctc_weight:
            heard = prefix_scores(beams.prefix, frame_scores, last, EOS)
            heard = _only_end(done, heard, beams.heard)
        vocabulary = decoded.shape[-1]
        # What the decoder rules out stays out, whatever the CTC head heard.
        candidates = rank(decoded, heard) + ops.where(decoded < NEVER / 2, NEVER, 0.0)
        candidates = ops.reshape(candidates, (batch, -1))
        _, choice = ops.top_k(candidates, width)  # (batch, width)
        parent = rows + ops.reshape(choice // vocabulary, (-1,))
        token = ops.cast(ops.reshape(choice % vocabulary, (-1,)), "int32")

        def of_parent(x):
            return ops.take(x, parent, axis=0)

        def chosen(x):
            return ops.take_along_axis(of_parent(x), token[:, None], axis=1)[:, 0]

        was_done = of_parent(done)
        state = tuple(of_parent(x) for x in state)
        prefix = CTCPrefix(*(of_parent(x) for x in beams.prefix))
        if ctc_weight:
            prefix = extend_prefix(prefix, frame_scores, of_parent(last), token)
        weights = ops.where(was_done[:, None], 0.0, state[3])
        tokens = write(of_parent(beams.tokens), step, ops.where(was_done, PAD, token))
        alignment = write(of_parent(beams.alignment), step, weights)
        return step + 1, _Beams(
            token, state, chosen(decoded), chosen(heard), prefix, tokens, alignment
        )

    first = ops.arange(batch * width) % width == 0  # one live beam at the start
    _, beams = ops.while_loop(
        unfinished,
        advance,
        (
            ops.convert_to_tensor(0, "int32"),
            _Beams(
                token=ops.full((batch * width,), SOS, dtype="int32"),
                state=decoder.initial_state(memory),
                decoded=ops.where(first, 0.0, NEVER),
                heard=ops.zeros((batch * width,)),
                prefix=empty_prefix(frame_scores),
                tokens=ops.zeros((batch * width, max_steps), dtype="int32"),
                alignment=ops.zeros((batch * width, max_steps, frames)),
            ),
        ),
        maximum_iterations=max_steps,
    )
    heard = _whole(beams, ctc) if ctc_weight else beams.heard
    lengths = ops.sum(ops.cast(beams.tokens != PAD, "float32"), axis=-1)
    scores = rank(beams.decoded, heard) / ops.maximum(lengths, 1.0)
    best = ops.argmax(ops.reshape(scores, (batch, width)), axis=-1)
    best = ops.arange(batch) * width + ops.cast(best, "int32")
    return Transcript(
        *(ops.take(x, best, axis=0) for x in (beams.tokens, beams.alignment, scores))
    )


def _only_end(done, scores, kept):
    """A finished beam goes on as itself, at no cost, and in no other way."""
    end = ops.arange(scores.shape[-1]) == EOS
    same = ops.where(end, kept[:, None], NEVER)
    return ops.where(done[:, None], same, scores)


def _whole(beams, ctc):
    """CTC log probability of each beam as it stands, ended or cut."""
    spoken = ops.where(beams.tokens == EOS, PAD, beams.tokens)  # (rows, steps)
    lengths = ops.sum(ops.cast(spoken != PAD, "int32"), axis=-1)
    frames = ops.zeros_like(lengths) + ops.shape(ctc)[1]
    return -ops.ctc_loss(spoken, ctc, lengths, frames, mask_index=PAD)

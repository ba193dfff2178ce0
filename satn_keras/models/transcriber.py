"""Free-running transcription with a teacher: greedy, or beam with CTC rescoring."""

from typing import NamedTuple

import keras
from keras import ops

PAD, SOS, EOS = 0, 1, 2
NEVER = -1e9  # log probability of what cannot follow


class Transcript(NamedTuple):
    """Best tokens of a batch and where each of them was heard."""

    tokens: object  # (batch, steps), int32, `eos` then padding after the last
    alignment: object  # (batch, steps, memory frames)
    scores: object  # (batch,)


@keras.saving.register_keras_serializable(package="satn_keras")
class Transcriber(keras.Model):
    """Teacher that listens by itself: features in, tokens out.

    Greedy search takes the likeliest token at each step. Beam search keeps the
    `beam_width` likeliest prefixes and rescores those it ends with by the CTC
    head's log probability of the whole hypothesis (Watanabe et al. 2017, eq. 15):
    `((1 - ctc_weight) * attention + ctc_weight * ctc) / length`, where the length
    counts the tokens and `eos`.

    Args:
        teacher: made by `build_teacher`.
        max_steps: tokens after which an utterance ends by force.
        beam_width: 1 is greedy search.
        ctc_weight: share of the CTC head in the choice among finished beams.

    Input shape:
        `features` (batch, frames, bands, 3) and `mask` (batch, frames).

    Returns:
        dict of `tokens` (batch, max_steps), int32, `eos` then padding after the
        last; `alignment` (batch, max_steps, memory frames), zero past `eos`; `scores`
        (batch,), log probability of the tokens, or what beam search ranks by.

    Raises:
        ValueError: if `beam_width` or `max_steps` is below 1.
    """

    def __init__(
        self,
        teacher,
        max_steps=200,
        beam_width=1,
        ctc_weight=0.3,
        name="transcriber",
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        if beam_width < 1 or max_steps < 1:
            raise ValueError(
                "`beam_width` and `max_steps` must be at least 1. Received: "
                f"beam_width={beam_width}, max_steps={max_steps}."
            )
        self.teacher = teacher
        self.max_steps = max_steps
        self.beam_width = beam_width
        self.ctc_weight = ctc_weight
        self.decoder = teacher.get_layer("decoder")
        self.encoder = keras.Model(
            {name: teacher.input[name] for name in ("features", "mask")},
            [*teacher.get_layer("memory").output, teacher.output["ctc"]],
        )

    def call(self, inputs, training=None):
        # A dataset made for training carries the targets too: never look at them.
        inputs = {name: inputs[name] for name in ("features", "mask")}
        memory, mask, ctc = self.encoder(inputs, training=False)
        search = self._greedy if self.beam_width == 1 else self._beam
        return search(memory, mask, ctc)._asdict()

    def get_config(self):
        return {
            **super().get_config(),
            "teacher": keras.saving.serialize_keras_object(self.teacher),
            "max_steps": self.max_steps,
            "beam_width": self.beam_width,
            "ctc_weight": self.ctc_weight,
        }

    @classmethod
    def from_config(cls, config):
        teacher = keras.saving.deserialize_keras_object(config["teacher"])
        return cls(**{**config, "teacher": teacher})

    def _greedy(self, memory, mask, ctc):
        del ctc
        keys = self.decoder.attention.project(memory)
        batch = ops.shape(memory)[0]

        def unfinished(step, token, *_):
            return ops.any(token != EOS)

        def advance(step, token, state, tokens, alignment, scores):
            done = token == EOS
            state = self.decoder.step(memory, keys, mask, state, token)
            hidden, _, context, weights = state
            logits = self.decoder.emit(hidden, context, training=False)
            probabilities = _speakable(ops.log_softmax(logits))
            best = ops.cast(ops.argmax(probabilities, axis=-1), "int32")
            gain = ops.max(probabilities, axis=-1)
            scores = scores + ops.where(done, 0.0, gain)
            tokens = _write(tokens, step, ops.where(done, PAD, best))
            alignment = _write(alignment, step, ops.where(done[:, None], 0.0, weights))
            return (
                step + 1,
                ops.where(done, EOS, best),
                state,
                tokens,
                alignment,
                scores,
            )

        _, _, _, tokens, alignment, scores = ops.while_loop(
            unfinished,
            advance,
            (
                ops.convert_to_tensor(0, "int32"),
                ops.full((batch,), SOS, dtype="int32"),
                self.decoder.initial_state(memory),
                ops.zeros((batch, self.max_steps), dtype="int32"),
                ops.zeros((batch, self.max_steps, ops.shape(memory)[1])),
                ops.zeros((batch,)),
            ),
            maximum_iterations=self.max_steps,
        )
        return Transcript(tokens, alignment, scores)

    def _beam(self, memory, mask, ctc):
        width = self.beam_width
        batch, frames = ops.shape(memory)[0], ops.shape(memory)[1]
        memory, mask, ctc = (ops.repeat(x, width, axis=0) for x in (memory, mask, ctc))
        keys = self.decoder.attention.project(memory)
        rows = ops.repeat(ops.arange(batch) * width, width)  # first row of each beam

        def unfinished(step, token, *_):
            return ops.any(token != EOS)

        def advance(step, token, state, tokens, alignment, scores):
            done = token == EOS  # (batch * width,)
            state = self.decoder.step(memory, keys, mask, state, token)
            hidden, _, context, weights = state
            logits = self.decoder.emit(hidden, context, training=False)
            gains = _speakable(ops.log_softmax(logits))
            gains = ops.where(done[:, None], _only_end(gains), gains)
            vocabulary = gains.shape[-1]
            candidates = ops.reshape(scores[:, None] + gains, (batch, -1))
            scores, choice = ops.top_k(candidates, width)  # (batch, width)
            parent = rows + ops.reshape(choice // vocabulary, (-1,))
            token = ops.cast(ops.reshape(choice % vocabulary, (-1,)), "int32")
            parent_done = ops.take(done, parent, axis=0)
            state = tuple(ops.take(x, parent, axis=0) for x in state)
            tokens, alignment = (
                ops.take(x, parent, axis=0) for x in (tokens, alignment)
            )
            tokens = _write(tokens, step, ops.where(parent_done, PAD, token))
            weights = ops.where(parent_done[:, None], 0.0, state[3])
            alignment = _write(alignment, step, weights)
            return step + 1, token, state, tokens, alignment, ops.reshape(scores, (-1,))

        first = ops.arange(batch * width) % width == 0  # one live beam at the start
        _, _, _, tokens, alignment, scores = ops.while_loop(
            unfinished,
            advance,
            (
                ops.convert_to_tensor(0, "int32"),
                ops.full((batch * width,), SOS, dtype="int32"),
                self.decoder.initial_state(memory),
                ops.zeros((batch * width, self.max_steps), dtype="int32"),
                ops.zeros((batch * width, self.max_steps, frames)),
                ops.where(first, 0.0, NEVER),
            ),
            maximum_iterations=self.max_steps,
        )
        lengths = ops.maximum(ops.sum(ops.cast(tokens != PAD, "float32"), -1), 1.0)
        scores = scores / lengths
        if self.ctc_weight:
            heard = -_ctc_cost(tokens, ctc) / lengths
            scores = (1 - self.ctc_weight) * scores + self.ctc_weight * heard
        best = ops.argmax(ops.reshape(scores, (batch, width)), axis=-1)
        best = ops.arange(batch) * width + ops.cast(best, "int32")
        return Transcript(*(ops.take(x, best, 0) for x in (tokens, alignment, scores)))


def _speakable(log_probabilities):
    """Padding and the start of speech can never follow."""
    tokens = ops.arange(log_probabilities.shape[-1])
    return ops.where(
        ops.logical_or(tokens == PAD, tokens == SOS), NEVER, log_probabilities
    )


def _only_end(log_probabilities):
    """A finished beam goes on as itself, at no cost, and in no other way."""
    tokens = ops.arange(log_probabilities.shape[-1])
    return ops.zeros_like(log_probabilities) + ops.where(tokens == EOS, 0.0, NEVER)


def _ctc_cost(tokens, logits):
    spoken = ops.where(tokens == EOS, PAD, tokens)  # (batch, steps)
    lengths = ops.sum(ops.cast(spoken != PAD, "int32"), axis=-1)
    frames = ops.zeros_like(lengths) + ops.shape(logits)[1]
    return ops.ctc_loss(spoken, logits, lengths, frames, mask_index=PAD)


def _write(buffer, step, values):
    """Buffer (batch, steps, ...) with `values` (batch, ...) at `step`."""
    here = ops.arange(buffer.shape[1]) == step
    here = ops.reshape(here, (1, -1) + (1,) * (len(buffer.shape) - 2))
    return ops.where(here, ops.expand_dims(values, 1), buffer)

"""Free-running transcription with a teacher: greedy, or beam joint with CTC."""

import keras

from satn_keras.models.beam_search import beam_search
from satn_keras.models.greedy_search import greedy_search


@keras.saving.register_keras_serializable(package="satn_keras")
class Transcriber(keras.Model):
    """Teacher that listens by itself: features in, tokens out.

    Greedy search takes the decoder's likeliest token at each step. Beam search keeps
    the `beam_width` best prefixes by decoder and CTC head together, which keeps a
    decoder from leaving words out or saying them twice (`beam_search`).

    Args:
        teacher: made by `build_teacher`.
        max_steps: tokens after which an utterance ends by force.
        beam_width: 1 is greedy search.
        ctc_weight: share of the CTC head in beam search.

    Input shape:
        `features` (batch, frames, bands, channels) and `mask` (batch, frames).

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
        if self.beam_width == 1:
            found = greedy_search(self.decoder, memory, mask, self.max_steps)
        else:
            found = beam_search(
                self.decoder,
                memory,
                mask,
                ctc,
                self.max_steps,
                self.beam_width,
                self.ctc_weight,
            )
        return found._asdict()

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

"""Speech recogniser that learns where to attend: TCN, attention, LSTM decoder."""

import keras

from satn_keras.config import TeacherConfig
from satn_keras.models.blank_padding import BlankPadding
from satn_keras.models.frame_pooling import FramePooling
from satn_keras.models.gated_sum import GatedSum
from satn_keras.models.speech_decoder import SpeechDecoder
from satn_keras.models.temporal_encoder import encode, feature_inputs


def build_teacher(
    num_tokens: int,
    config: TeacherConfig | None = None,
    bands: int = 40,
    sampling: float = 0.0,
    seed: int | None = None,
    name: str = "teacher",
    channels: int = 3,
) -> keras.Model:
    """Teacher of the self-attention transfer network.

    Encoder: five TCN levels (dilations 1, 2, 4, 8, 16), or one BLSTM level, and
    self-attention; decoder: Bahdanau attention and an LSTM of 256 cells over
    phonemes (Zhao et al. 2021, sections 3.2 to 3.4 and 4.3). Choices where the
    article is silent: widths; layer normalisation between the levels; a residual
    around self-attention whose gate begins at zero; one decoder frame for three
    encoder frames; and a CTC head on the encoder (Watanabe et al. 2017). They teach
    0.7 h of speech to align: with neither normalisation nor gate the CTC cost stays
    on its plateau (docs/RESULTS.md).

    Args:
        num_tokens: size of the token inventory; 0 is padding and CTC blank.
        config: sizes; the defaults of `TeacherConfig` when absent.
        bands: feature bands a frame.
        sampling: share of the decoder's own tokens in training.
        seed: of dropout and sampling.
        name: of the model.
        channels: static features and their derivatives.

    Input shape:
        `features` (batch, frames, bands, channels), `mask` (batch, frames), bool, and
        `tokens` (batch, steps), int: `sos` and the targets but the last.

    Output shape:
        `tokens` logits (batch, steps, num_tokens), `ctc` logits
        (batch, ceil(frames / stride), num_tokens) and `alignment`
        (batch, steps, ceil(frames / stride)), all float32.

    Example:
        >>> config = TeacherConfig(filters=8, attention_units=8, decoder_units=8)
        >>> teacher = build_teacher(44, config)
        >>> sorted(teacher.output)
        ['alignment', 'ctc', 'tokens']

    References:
        Watanabe et al., Hybrid CTC/attention architecture for end-to-end speech
        recognition, 2017.
    """
    config = config or TeacherConfig()
    inputs = feature_inputs(bands, channels)
    tokens = keras.Input((None,), dtype="int32", name="tokens")

    encoded = encode(inputs, config, seed)
    memory, memory_mask = _memory(encoded, inputs["mask"], config, seed)
    ctc = keras.layers.Dense(num_tokens, dtype="float32", name="ctc_logits")(memory)
    ctc = BlankPadding(name="ctc")(ctc, mask=memory_mask)
    logits, alignment = SpeechDecoder(
        num_tokens,
        units=config.decoder_units,
        embedding_units=config.embedding_units,
        alignment_units=config.alignment_units,
        query_token=config.query_token,
        location_filters=config.location_filters,
        dropout=config.dropout,
        sampling=sampling,
        seed=seed,
        name="decoder",
    )(memory, tokens, mask=memory_mask)

    return keras.Model(
        {**inputs, "tokens": tokens},
        {"tokens": logits, "ctc": ctc, "alignment": alignment},
        name=name,
    )


def _memory(encoded, mask, config, seed):
    memory = encoded.context
    if config.residual_attention:
        last = encoded.last
        if last.shape[-1] != config.attention_units:
            last = keras.layers.Dense(config.attention_units, name="memory_skip")(last)
        memory = GatedSum(name="memory_sum")([last, memory])
    if seed is not None:
        seed += 2 * (config.num_levels + 1)  # past those of the levels
    memory = keras.layers.Dropout(config.dropout, seed=seed, name="memory_dropout")(
        memory
    )
    return FramePooling(config.memory_stride, name="memory")(memory, mask=mask)

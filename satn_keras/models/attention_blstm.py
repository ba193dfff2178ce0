"""BLSTM layers and the weighted mean of what they make of an utterance."""

import keras

from satn_keras.layers import AttentionPooling


def attention_blstm(
    x,
    mask,
    units: int,
    num_layers: int = 1,
    dropout: float = 0.0,
    seed: int | None = None,
):
    """Weighted mean over time of BLSTM layers, (batch, 2 units).

    The branch that all of the package's recurrent baselines have: layers `blstm_1`,
    `blstm_2`, ... and `attention_pooling`, whose score is linear in the state
    (Mirsamadi et al. 2017).

    Args:
        x: symbolic (batch, frames, channels).
        mask: symbolic (batch, frames), true frames.
        units: cells of each direction.
        num_layers: BLSTM layers, one above the other.
        dropout: share dropped between one layer and the next.
        seed: of the dropout.
    """
    for number in range(1, num_layers + 1):
        cells = keras.layers.LSTM(
            units, return_sequences=True, zero_output_for_mask=True, name="cells"
        )
        x = keras.layers.Bidirectional(cells, name=f"blstm_{number}")(x, mask=mask)
        if number < num_layers:
            x = keras.layers.Dropout(
                dropout,
                seed=None if seed is None else seed + number,
                name=f"blstm_dropout_{number}",
            )(x)
    pooled, _ = AttentionPooling(name="attention_pooling")(x, mask=mask)
    return pooled

"""Head of the emotion recognisers: one probability a class."""

import keras


def posterior(x, num_classes: int):
    """Softmax `posterior` over the classes, (batch, num_classes), float32.

    Args:
        x: symbolic (batch, channels).
        num_classes: emotions.

    Raises:
        ValueError: if `num_classes` is below 2.
    """
    if num_classes < 2:
        raise ValueError(
            f"`num_classes` must be at least 2. Received: num_classes={num_classes}."
        )
    return keras.layers.Dense(
        num_classes, activation="softmax", dtype="float32", name="posterior"
    )(x)

"""Deep network from a segment of stacked frames to emotion posteriors."""

import keras

from satn_keras.config import systems


def build_segment_network(
    num_classes: int,
    config: systems.DnnElm | None = None,
    bands: int = 15,
    channels: int = 2,
    seed: int | None = None,
    name: str = "segment_network",
) -> keras.Model:
    """Segment network of the DNN-ELM.

    From the paper: 25 frames of 30 values are stacked into 750 inputs; three
    hidden layers of 256 rectified linear units; softmax over the emotions, each
    segment labelled as its utterance (Han et al. 2014, sections 2.1, 2.2 and 3.1).
    Weights begin as He et al. 2015 draw them for such units: a choice where the
    paper is silent.

    Args:
        num_classes: emotions.
        config: sizes; the paper's when absent.
        bands: feature bands a frame.
        channels: of each band; static value and derivative are two.
        seed: of the initial weights.
        name: of the model.

    Input shape:
        (batch, segment_frames, bands, channels).

    Output shape:
        (batch, num_classes), float32 posterior.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> network = build_segment_network(4)
        >>> network.get_layer("stack").output.shape, network.count_params()
        ((None, 750), 324868)

    References:
        Han, Yu, Tashev, Speech emotion recognition using deep neural network and
        extreme learning machine, Interspeech 2014.
    """
    if num_classes < 2:
        raise ValueError(
            f"`num_classes` must be at least 2. Received: num_classes={num_classes}."
        )
    config = config or systems.DnnElm(name="dnn_elm")
    frames = config.segment_frames
    segment = keras.Input((frames, bands, channels), name="segment")
    x = keras.layers.Reshape((frames * bands * channels,), name="stack")(segment)
    for number in range(1, config.num_layers + 1):
        own_seed = None if seed is None else seed + number
        x = keras.layers.Dense(
            config.units,
            activation="relu",
            kernel_initializer=keras.initializers.HeUniform(own_seed),
            name=f"hidden_{number}",
        )(x)
    posterior = keras.layers.Dense(
        num_classes,
        activation="softmax",
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        dtype="float32",
        name="posterior",
    )(x)
    return keras.Model(segment, posterior, name=name)

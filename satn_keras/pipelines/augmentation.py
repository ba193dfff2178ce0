"""Crops and masks over time and frequency, drawn by a seed for each utterance."""

import tensorflow as tf

from satn_keras.config import AugmentationConfig


def draw_masks(config: AugmentationConfig, seed: tf.Tensor) -> tf.Tensor:
    """(masks, 2), in [0, 1): width and place of each mask of one utterance.

    Args:
        config: how many masks, those over time first.
        seed: (2,), int; the same seed draws the same masks.
    """
    masks = config.time_masks + config.frequency_masks
    return tf.random.stateless_uniform([masks, 2], seed)


def spec_augment(
    features: tf.Tensor,
    lengths: tf.Tensor,
    config: AugmentationConfig,
    draws: tf.Tensor,
) -> tf.Tensor:
    """Normalised features with random bands and stretches of time set to zero.

    Zero is the mean of a normalised feature. Each utterance has its own masks
    (Park et al. 2019, without time warping); a time mask covers at most a fifth of
    the utterance.

    Args:
        features: (batch, frames, bands, 3), normalised.
        lengths: (batch,), true frames.
        config: how many masks of which width.
        draws: (batch, masks, 2), as `draw_masks` gives them.
    """
    if not config.time_masks + config.frequency_masks:
        return features
    batch, frames, bands = tf.unstack(tf.shape(features)[:3])
    keep = tf.ones((batch, frames, bands), tf.bool)
    for number in range(config.time_masks):
        widest = tf.minimum(config.time_mask_width, lengths // 5)
        hidden = _stretch(lengths, widest, frames, draws[:, number])
        keep &= ~hidden[:, :, tf.newaxis]
    for number in range(config.time_masks, config.time_masks + config.frequency_masks):
        widest = tf.fill([batch], tf.minimum(config.frequency_mask_width, bands))
        hidden = _stretch(tf.fill([batch], bands), widest, bands, draws[:, number])
        keep &= ~hidden[:, tf.newaxis, :]
    return tf.where(keep[..., tf.newaxis], features, 0.0)


def random_crop(
    features: tf.Tensor, length: int, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Frames from a random place, or all if there are no more.

    Args:
        features: (frames, ...).
        length: how many to take.
        seed: (2,), int; the same seed takes the same.

    Returns:
        (at most `length`, ...), and the number of the first one, scalar int32.
    """
    spare = tf.maximum(tf.shape(features)[0] - length, 0)
    start = tf.random.stateless_uniform([], seed, 0, spare + 1, tf.int32)
    return features[start : start + length], start


def _stretch(lengths, widest, size, draws):
    """(batch, size) bool: one stretch of at most `widest` within each length."""
    width = tf.cast(draws[:, 0] * tf.cast(widest + 1, tf.float32), tf.int32)
    start = tf.cast(draws[:, 1] * tf.cast(lengths - width + 1, tf.float32), tf.int32)
    place = tf.range(size)[tf.newaxis]
    return (place >= start[:, tf.newaxis]) & (place < (start + width)[:, tf.newaxis])

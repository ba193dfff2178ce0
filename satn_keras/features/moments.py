"""Mean and deviation over the frames that count."""

import numpy as np
from keras import ops


def counted_values(features, mask=None, voiced_bands=(), pitch_band=None):
    """Which values count: bool (batch, frames, bands or 1, 1), or None for all.

    Args:
        features: (batch, frames, bands, channels), before normalisation.
        mask: bool (batch, frames), true frames; all when None.
        voiced_bands: bands that have values in voiced frames alone.
        pitch_band: band that is exactly zero in unvoiced frames.
    """
    if mask is not None:
        mask = ops.expand_dims(mask, (2, 3))  # LiteRT cannot index a bool so
    if not voiced_bands:
        return mask
    voiced = features[:, :, pitch_band : pitch_band + 1, :1] != 0
    always = ~np.isin(np.arange(features.shape[2]), voiced_bands)[:, None]
    present = ops.logical_or(voiced, always)
    return present if mask is None else ops.logical_and(mask, present)


def utterance_moments(features, counted=None):
    """Mean and deviation over the frames that count: each (batch, 1, bands, channels).

    Zero where none counts.
    """
    # Values relative to the first frame: a constant stays exactly constant, and sums
    # over long utterances lose no digits to a common offset.
    first = features[:, :1]
    relative = features - first
    mean = frame_mean(relative, counted)
    deviation = ops.sqrt(frame_mean(ops.square(relative - mean), counted))
    mean = mean + first
    if counted is not None:
        mean = ops.where(ops.any(counted, axis=1, keepdims=True), mean, 0.0)
    return mean, deviation


def moments_with_prior(features, counted, prior):
    r"""Moments of the frames that count and of others that were there before.

    $$\hat\mu = \mu_0 + w (\mu - \mu_0),\quad
      \hat\sigma^2 = w \sigma^2 + (1 - w) \sigma_0^2 + w (1 - w) (\mu - \mu_0)^2,
      \quad w = \frac{n}{n + n_0}$$

    for n frames that count, of mean mu and deviation sigma, after n_0 of mean mu_0 and
    deviation sigma_0: nothing but the moments of both together.

    Args:
        features: (batch, frames, bands, channels).
        counted: bool (batch, frames, bands or 1, 1); all when None.
        prior: n_0, and mean and deviation, each (bands, channels).

    Returns:
        Mean and deviation, each (batch, 1, bands, channels).
    """
    mean, deviation = utterance_moments(features, counted)
    frames, known_mean, known_deviation = prior
    if counted is None:
        counted = ops.ones_like(features[:, :, :1, :1], dtype="bool")
    count = ops.sum(ops.cast(counted, "float32"), axis=1, keepdims=True)
    share = count / (count + frames)
    shift = mean - known_mean
    variance = share * ops.square(deviation) + (1 - share) * ops.square(known_deviation)
    variance = variance + share * (1 - share) * ops.square(shift)
    return known_mean + share * shift, ops.sqrt(variance)


def frame_mean(values, counted):
    """Mean over the frames that count: (batch, 1, bands, channels)."""
    if counted is None:
        return ops.mean(values, axis=1, keepdims=True)
    count = ops.sum(ops.cast(counted, "float32"), axis=1, keepdims=True)
    total = ops.sum(ops.where(counted, values, 0.0), axis=1, keepdims=True)
    return total / ops.maximum(count, 1.0)


def normalized_alone(features, counted, epsilon):
    """Features less their own mean over the frames that count, in deviations."""
    relative = features - features[:, :1]  # as in `utterance_moments`
    centred = relative - frame_mean(relative, counted)
    deviation = ops.sqrt(frame_mean(ops.square(centred), counted))
    return centred / (deviation + epsilon)

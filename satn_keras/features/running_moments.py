"""Mean and deviation of what was heard so far, frame by frame."""

import math

from keras import ops

from satn_keras.features.decaying_sum import decaying_sum

PRIOR_SHARE = 1 / 3  # of the window, as which the training set counts


def running_moments(features, counted, window, prior):
    r"""Moments of the frames up to each one, on the way from a prior to their own.

    $$\mu_t = \frac{\kappa\mu_0 + \sum_{j \le t} a^{t-j} x_j}
                   {\kappa + \sum_{j \le t} a^{t-j}},\quad
      \sigma_t^2 = \frac{\kappa\sigma_0^2 + \sum_{j \le t} a^{t-j} (x_j - \mu_0)^2}
                        {\kappa + \sum_{j \le t} a^{t-j}} - (\mu_t - \mu_0)^2$$

    over the frames that count, with $a = e^{-1 / w}$ and kappa = w / 3: after w
    frames the utterance counts about twice what the training set does, and at last
    three times. No frame hears a later one.

    Args:
        features: (batch, frames, bands, channels), float32.
        counted: bool (batch, frames, bands or 1, 1), the values that count; all when
            None.
        window: w, frames in which the past fades to 1 / e.
        prior: mean and deviation of the training set, each (bands, channels).

    Returns:
        Mean and deviation, each (batch, frames, bands, channels).
    """
    decay, prior_frames = math.exp(-1 / window), window * PRIOR_SHARE
    mean, deviation = prior
    weights = ops.ones_like(features[..., :1])
    relative = features - mean
    if counted is not None:
        weights = weights * ops.cast(counted, "float32")
        relative = ops.where(counted, relative, 0.0)
    total = decaying_sum(weights, decay) + prior_frames
    offset = decaying_sum(relative, decay) / total
    square = decaying_sum(ops.square(relative), decay)
    square = (square + prior_frames * ops.square(deviation)) / total
    return mean + offset, ops.sqrt(ops.relu(square - ops.square(offset)))

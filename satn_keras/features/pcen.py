"""Energies of each band beside its own recent past, in the place of a logarithm."""

from keras import ops

from satn_keras.features.decaying_sum import decaying_sum

GAIN, BIAS, POWER, FLOOR = 0.98, 2.0, 0.5, 1e-6  # alpha, delta, r and epsilon
SMOOTHING = 0.025  # s, of frames that are `FRAME_SECONDS` apart
FRAME_SECONDS = 0.010


def per_channel_energy(energies, hop_seconds: float = FRAME_SECONDS):
    r"""Per-channel energy normalisation.

    $$M_t = (1 - s)\,M_{t-1} + s\,E_t,\quad
      y_t = \Big(\frac{E_t}{(\epsilon + M_t)^\alpha} + \delta\Big)^r - \delta^r$$

    with $M_0 = E_0$, alpha 0.98, delta 2, r 0.5 and epsilon 1e-6, and s 0.025 for
    frames 10 ms apart; further apart, s is such that the past fades in the same time.
    A steady level, that of a room or a microphone, nearly cancels; an onset stays.

    Args:
        energies: (batch, frames, bands), float32, of a mel filterbank.
        hop_seconds: from one frame to the next.

    Returns:
        As `energies`: 0 where they are.

    Example:
        >>> steady = ops.full((1, 3, 1), 1e4)
        >>> ops.convert_to_numpy(per_channel_energy(steady))[0, :, 0].round(3)
        array([0.375, 0.375, 0.375], dtype=float32)

    References:
        Wang et al., Trainable frontend for robust and far-field keyword spotting,
        2017, equations 1 and 2.
    """
    kept = (1 - SMOOTHING) ** (hop_seconds / FRAME_SECONDS)
    fed = ops.concatenate([energies[:, :1], (1 - kept) * energies[:, 1:]], axis=1)
    past = decaying_sum(fed, kept)  # (batch, frames, bands)
    level = energies / ops.power(past + FLOOR, GAIN)
    return ops.power(level + BIAS, POWER) - BIAS**POWER

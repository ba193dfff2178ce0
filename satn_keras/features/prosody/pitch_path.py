"""The smoothest way through candidates of pitch, by unrolled message passing."""

import numpy as np
from keras import ops

VOICED_FROM = 0.7  # strength
LOCAL_WEIGHT = 2.0
WEAK = 4.0  # cost of a voiced state that is weak, or of none where one is strong
JUMP = 10.0  # cost of a change of pitch by a factor of e, and of its change
SWITCH = 10.0  # cost between voiced and unvoiced
UNVOICED = 1.0  # cost from unvoiced to unvoiced
MISSING = 999.0
WORST = 1e9  # more than any path costs
LN2 = float(np.log(2))
REACH = 12  # frames to each side whose candidates a frame hears of


def best_path(octave, strength, own, reach=REACH):
    """The candidate of each frame on the cheapest path, or none: unvoiced.

    Viterbi's recursion runs through a whole utterance; here each frame hears the
    messages of `reach` frames on either side, all frames at once, in a graph
    without loops.

    Args:
        octave: float (batch, frames, candidates), log2 of frequency in Hz; 0 where a
            candidate is missing.
        strength: float (batch, frames, candidates), 0 to 1.
        own: bool (batch, frames), the utterance's own frames.
        reach: frames.

    Returns:
        float (batch, frames, candidates), 1 at the chosen candidate; all 0 where
        the frame is unvoiced.
    """
    octave = ops.transpose(octave, (0, 2, 1))  # (batch, candidates, frames)
    strength = ops.transpose(strength, (0, 2, 1))
    own = ops.cast(ops.expand_dims(own, 1), "float32")  # (batch, 1, frames)
    local = _local_cost(octave, strength) * own  # (batch, states, frames)
    change = _change_cost(octave) * ops.expand_dims(own, 1)
    ahead = local
    for _ in range(reach):
        before = ops.expand_dims(_later(ahead), 1)  # (batch, 1, states, frames)
        ahead = local + ops.min(change + before, axis=2, initial=WORST)
    next_change = _earlier(change)
    back = ops.zeros_like(local)
    for _ in range(reach):
        after = ops.expand_dims(_earlier(local + back), 2)  # (batch, states, 1, frames)
        back = ops.min(next_change + after, axis=1, initial=WORST)
    cost = ahead + back
    cheapest = cost <= ops.min(cost, axis=1, keepdims=True, initial=WORST)
    cheapest = ops.cast(cheapest, "float32")
    first = ops.cumsum(cheapest, axis=1) <= 1  # of those that tie
    chosen = ops.where(first, cheapest, 0.0)
    return ops.transpose(chosen[:, :-1], (0, 2, 1))


def _local_cost(octave, strength):
    bounded = ops.clip(strength, 0.01, 1.0)
    weak = ops.where(strength < VOICED_FROM, WEAK, 0.0)
    voiced = LOCAL_WEIGHT * (weak - ops.log(bounded)) + _range_cost(octave)
    strongest = ops.max(strength, axis=1, keepdims=True, initial=0.0)
    unvoiced = ops.where(strongest >= VOICED_FROM, LOCAL_WEIGHT * WEAK, 0.0)
    return ops.concatenate([voiced, unvoiced], axis=1)


def _range_cost(octave):
    """Speech lies between 100 and 350 Hz, as a rule."""
    hertz = ops.exp(octave * LN2)
    low = 1 - hertz / 100
    high = ops.where(hertz < 600, (hertz - 350) / 250, 1.2)
    cost = ops.maximum(ops.maximum(low, high), 0.0)
    return ops.where(octave > 0, cost, 2.0)


def _change_cost(octave):
    """(batch, states, previous states, frames)."""
    here, before = ops.expand_dims(octave, 2), ops.expand_dims(_later(octave), 1)
    both = ops.logical_and(here > 0, before > 0)
    jump = ops.abs(here - before)  # (batch, candidates, candidates before, frames)
    # openSMILE's "change of the change" compares a jump with the one from the
    # candidate ranked above, where there is one.
    rank = ops.zeros_like(jump[:, :, 1:]) + ops.abs(
        before[:, :, 1:] - before[:, :, :-1]
    )
    bend = ops.concatenate([jump[:, :, :1], rank], axis=2)
    jump = ops.where(both, JUMP * LN2 * (jump + bend), MISSING)
    frames = ops.ones_like(octave[:, :1])  # (batch, 1, frames)
    switch = SWITCH * ops.ones_like(octave)
    to_voiced = ops.concatenate([jump, ops.expand_dims(switch, 2)], axis=2)
    to_unvoiced = ops.concatenate([switch, UNVOICED * frames], axis=1)
    cost = ops.concatenate([to_voiced, ops.expand_dims(to_unvoiced, 1)], axis=1)
    # Nothing comes before the first frame.
    return ops.pad(cost[..., 1:], ((0, 0), (0, 0), (0, 0), (1, 0)))


def _later(values):
    """Values of the frame before, zeros before the first."""
    return ops.pad(values[..., :-1], _edges(values, (1, 0)))


def _earlier(values):
    """Values of the frame after, zeros after the last."""
    return ops.pad(values[..., 1:], _edges(values, (0, 1)))


def _edges(values, last):
    return (*((0, 0) for _ in values.shape[:-1]), last)

"""Against Viterbi's algorithm, run in a loop over frames."""

import keras
import numpy as np
import pytest

from satn_keras.features.prosody import pitch_path
from satn_keras.features.prosody.pitch_path import best_path


def candidates(frames, seed):
    """A slowly changing pitch among rivals an octave off, weak in places."""
    random = np.random.default_rng(seed)
    pitch = 7 + 0.3 * np.sin(np.arange(frames) / 7)[:, None]
    octave = (
        pitch + np.array([0.0, 1.0, -1.0]) + 0.02 * random.standard_normal((frames, 3))
    )
    strength = random.uniform(0.5, 1.0, (frames, 3))
    strength[20:30] *= 0.5
    missing = random.uniform(size=(frames, 3)) < 0.05
    return np.where(missing, 0.0, octave), np.where(missing, 0.0, strength)


def viterbi(local, change):
    """Cheapest path of costs (states, frames) and (state, state before, frames)."""
    frames = local.shape[1]
    total, back = local[:, 0], []
    for t in range(1, frames):
        way = change[:, :, t] + total
        back.append(way.argmin(1))
        total = local[:, t] + way.min(1)
    path = [int(total.argmin())]
    for choice in back[::-1]:
        path.append(int(choice[path[-1]]))
    return np.array(path[::-1])


@pytest.mark.parametrize("seed", range(5))
def test_messages_from_near_frames_find_viterbi_s_path(seed):
    octave, strength = (
        values[None].astype("float32") for values in candidates(83, seed)
    )
    flat = octave.transpose(0, 2, 1), strength.transpose(0, 2, 1)
    local = keras.ops.convert_to_numpy(pitch_path._local_cost(*flat))[0]
    change = keras.ops.convert_to_numpy(pitch_path._change_cost(flat[0]))[0]
    expected = viterbi(local, change)
    own = np.ones((1, 83), bool)
    chosen = keras.ops.convert_to_numpy(best_path(octave, strength, own))[0]
    actual = np.where(chosen.any(1), chosen.argmax(1), 3)
    assert (actual == expected).mean() > 0.97
    assert len(set(expected)) > 1


def test_a_single_frame_takes_its_strongest_likely_candidate():
    octave = np.log2([[[120.0, 800.0]]]).astype("float32")
    strength = np.array([[[0.9, 0.95]]], "float32")
    chosen = best_path(octave, strength, np.ones((1, 1), bool))
    np.testing.assert_array_equal(chosen, [[[1.0, 0.0]]])


def test_frames_that_are_not_the_utterance_s_own_have_no_say():
    octave, strength = (
        values[None].astype("float32") for values in candidates(40, seed=7)
    )
    own = np.arange(40)[None] < 25
    alone = best_path(octave[:, :25], strength[:, :25], own[:, :25])
    together = best_path(octave, strength, own)
    np.testing.assert_array_equal(together[:, :25], alone)

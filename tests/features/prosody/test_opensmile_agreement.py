"""The stream beside openSMILE's eGeMAPS, on synthetic voices."""

import keras
import numpy as np
import pytest

from satn_keras.config import PROSODY_NAMES
from satn_keras.features import DESCRIPTOR_NAMES, Prosody
from satn_keras.pipelines.opensmile_library import load_opensmile
from tests.support.opensmile import needs_opensmile
from tests.support.voices import noise, resonant_voice

pytestmark = needs_opensmile
SAME = ("loudness", "alpha_ratio", "hammarberg_index", "flux", "mfcc_1", "mfcc_4")


@pytest.fixture(scope="module")
def both():
    """Bands of a voice with pauses and noise, of ours and of openSMILE."""
    parts = [
        resonant_voice((700, 1200, 2500), (90, 90, 120), pitch=130, seconds=0.7),
        0.05 * noise(0.3),
        resonant_voice((300, 2200, 3000), (60, 90, 150), pitch=210, seconds=0.7),
        np.zeros(3200, "float32"),
        resonant_voice((500, 1000, 2400), (90, 90, 120), pitch=95, seconds=0.7),
    ]
    sound = np.concatenate(parts)
    sound = np.round(np.clip(sound + 0.003 * noise(2.6), -1, 1) * 32767) / 32768
    opensmile = load_opensmile()
    smile = opensmile.Smile(
        opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors
    )
    theirs = smile(sound.astype("float32"), 16000)[0]
    ours = keras.ops.convert_to_numpy(Prosody()(sound[None].astype("float32")))[0].T
    return (
        dict(zip(PROSODY_NAMES, ours, strict=True)),
        dict(zip(DESCRIPTOR_NAMES["egemaps"], theirs, strict=True)),
    )


@pytest.mark.parametrize("name", SAME)
def test_bands_of_short_windows_are_opensmile_s(both, name):
    ours, theirs = (bands[name] for bands in both)
    count = min(len(ours), len(theirs))
    inner = slice(2, count - 8)  # openSMILE's own first and last frames differ
    np.testing.assert_allclose(ours[inner], theirs[inner], rtol=2e-3, atol=2e-3)


def test_pitch_and_voicing_are_opensmile_s_two_frames_before(both):
    # openSMILE's window begins with its frame; ours is centred, 20 ms earlier.
    ours, theirs = both[0]["f0_semitones"][2:], both[1]["f0_semitones"]
    count = min(len(ours), len(theirs))
    ours, theirs = ours[2 : count - 8], theirs[2 : count - 8]
    voiced = (ours > 0) & (theirs > 0)
    assert ((ours > 0) == (theirs > 0)).mean() > 0.97
    assert (np.abs(ours - theirs)[voiced] < 0.5).mean() > 0.97
    assert voiced.mean() > 0.5


def test_harmonics_to_noise_ratio_is_opensmile_s_two_frames_before(both):
    name = "harmonics_to_noise_ratio"
    ours, theirs = both[0][name][2:], both[1][name]
    count = min(len(ours), len(theirs)) - 8
    assert np.corrcoef(ours[:count], theirs[:count])[0, 1] > 0.97

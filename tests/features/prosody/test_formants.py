import keras
import numpy as np
import pytest

from satn_keras.features import Prosody
from satn_keras.features.prosody.formants import Formants
from tests.support.voices import resonant_voice

NAMES = [f"f{n}_{kind}" for kind in ("frequency", "bandwidth") for n in (1, 2, 3)]


def formants(sound, rate=16000):
    layer = Prosody(sample_rate=rate, bands=NAMES)
    frames = keras.ops.convert_to_numpy(layer(sound[None]))[0, 5:-7]
    return np.median(frames, axis=0).reshape(2, 3)


@pytest.mark.parametrize(
    "known", [(500, 1500), (300, 2200, 3000), (700, 1100, 2500)], ids=str
)
def test_a_voice_of_known_resonances_has_them(known):
    sound = resonant_voice(known, (80, 90, 120)[: len(known)])
    frequency, bandwidth = formants(sound)
    np.testing.assert_allclose(frequency[: len(known)], known, rtol=0.03)
    assert (frequency[len(known) :] == 0).all()
    # 80, 90 and 120 Hz; the noise that is added widens the weakest.
    assert (bandwidth[: len(known)] < 210).all()


def test_a_wider_resonance_has_a_wider_bandwidth():
    narrow, wide = (
        formants(resonant_voice((500, 1500), (80, width)))[1, 1] for width in (60, 300)
    )
    assert wide > narrow + 120


def test_a_telephone_s_rate_keeps_the_resonances_it_can_hold():
    sound = resonant_voice((500, 1500), (80, 90), rate=8000)
    frequency, _ = formants(sound, rate=8000)
    np.testing.assert_allclose(frequency[:2], (500, 1500), rtol=0.04)


def resonances(*pairs, rate=11000):
    """Power, at the bins of a spectrum, of an all-pole filter of (Hz, bandwidth)."""
    bins = np.linspace(0, 8000, 1601)  # 5 Hz apart
    turns = np.exp(-2j * np.pi * bins / rate)
    response = 1 - 0.9 * turns  # pre-emphasis, which the layer adds
    for frequency, bandwidth in pairs:
        pole = np.exp((2j * np.pi * frequency - np.pi * bandwidth) / rate)
        response *= (1 - pole * turns) * (1 - pole.conj() * turns)
    return bins, (1 / np.abs(response) ** 2).astype("float32")


def test_a_resonance_that_widens_goes_step_by_step():
    widths = np.arange(600, 1600, 2)
    cases = [resonances((500, 80), (1500, width), (2500, 120)) for width in widths]
    bins, power = cases[0][0], np.stack([power for _, power in cases])
    frequency, bandwidth, presence = (
        keras.ops.convert_to_numpy(part)[0]
        for part in Formants(bins)(keras.ops.array(power[None]))
    )
    np.testing.assert_allclose(frequency[0], [500, 1500, 2500], rtol=0.03)
    np.testing.assert_allclose(bandwidth[0], [80, 600, 120], rtol=0.2)
    assert presence[0].tolist() == [1, 1, 1]
    # A hard bound would jump by 1000 Hz.
    assert np.abs(np.diff(frequency[:, 1])).max() < 250
    assert np.abs(np.diff(presence, axis=0)).max() < 0.25
    assert frequency[-1, 1] > 2000


def test_two_resonances_that_cross_share_their_formants():
    """A hard order would swap 80 and 300 Hz of bandwidth where they meet."""
    places = np.arange(1420, 1580, 2)
    cases = [resonances((place, 80), (1500, 300), (2500, 120)) for place in places]
    bins, power = cases[0][0], np.stack([power for _, power in cases])
    _, bandwidth, presence = (
        keras.ops.convert_to_numpy(part)[0]
        for part in Formants(bins)(keras.ops.array(power[None]))
    )
    assert np.abs(np.diff(bandwidth[:, :2], axis=0)).max() < 40
    assert bandwidth[0, 0] < bandwidth[0, 1] and bandwidth[-1, 0] > bandwidth[-1, 1]
    np.testing.assert_allclose(presence, 1, atol=1e-5)

import keras
import numpy as np
import pytest

from satn_keras.features import Prosody
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
    assert (bandwidth[: len(known)] < 160).all()


def test_a_wider_resonance_has_a_wider_bandwidth():
    narrow, wide = (
        formants(resonant_voice((500, 1500), (80, width)))[1, 1] for width in (60, 300)
    )
    assert wide > narrow + 120


def test_a_telephone_s_rate_keeps_the_resonances_it_can_hold():
    sound = resonant_voice((500, 1500), (80, 90), rate=8000)
    frequency, _ = formants(sound, rate=8000)
    np.testing.assert_allclose(frequency[:2], (500, 1500), rtol=0.04)

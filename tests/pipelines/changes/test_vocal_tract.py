"""Formants move by the factor, pitch and duration stay."""

import numpy as np
import pytest

from satn_keras.config import PROSODY_NAMES, FeatureConfig
from satn_keras.experiments.features import make_front_end
from satn_keras.pipelines.changes import VocalTract
from satn_keras.pipelines.changes.vocal_tract import unwarped
from tests.pipelines.changes.measures import RATE, harmonic_levels, pitch_of
from tests.support.voices import resonant_voice

FORMANTS, BANDWIDTHS = np.array([500, 1500, 2500]), np.array([80, 100, 120])


def formants_of(waveform):
    """Medians of the first three formants of the prosody stream, in Hz."""
    settings = FeatureConfig(streams=("prosody",), derivatives=0)
    (frames,), _ = make_front_end(settings).extract(waveform[np.newaxis])
    bands = [PROSODY_NAMES.index(f"f{number}_frequency") for number in (1, 2, 3)]
    return np.median(np.asarray(frames)[5:-5, bands, 0], axis=0)


@pytest.mark.parametrize("factor", [0.85, 1.1, 1.25])
def test_the_formants_of_a_vowel_move_by_the_factor(factor):
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch=110, seconds=0.9)
    before = formants_of(voice)
    after = formants_of(VocalTract(factor)(voice, RATE, "u1"))
    np.testing.assert_allclose(before, FORMANTS, rtol=0.01)
    # A formant between harmonics is heard at the nearer one, up to 25 Hz away.
    np.testing.assert_allclose(after, factor * FORMANTS, atol=25, rtol=0.01)


@pytest.mark.parametrize("factor", [0.85, 1.25])
@pytest.mark.parametrize("pitch", [97, 211, 293])
def test_pitch_and_duration_stay(pitch, factor):
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch, seconds=0.9)
    changed = VocalTract(factor)(voice, RATE, "u1")
    assert len(changed) == len(voice)
    assert pitch_of(changed, pitch) == pytest.approx(pitch, rel=0.002)


@pytest.mark.parametrize("factor", [0.85, 1.2])
@pytest.mark.parametrize("pitch", [110, 190, 240])
def test_the_voice_is_that_of_moved_resonators(pitch, factor):
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch, seconds=0.9)
    moved = resonant_voice(factor * FORMANTS, factor * BANDWIDTHS, pitch, seconds=0.9)
    wanted = harmonic_levels(moved, pitch)
    changed = VocalTract(factor)(voice, RATE, "u1")
    left = np.sqrt(np.mean(np.square(harmonic_levels(changed, pitch) - wanted)))
    whole = np.sqrt(np.mean(np.square(harmonic_levels(voice, pitch) - wanted)))
    assert whole > 7 and left < 4  # dB


def test_a_tract_of_its_own_length_changes_nothing():
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch=110)
    changed = VocalTract(1.0)(voice, RATE, "u1")
    np.testing.assert_allclose(changed, voice, atol=1e-5)


def test_the_energy_stays():
    voice = resonant_voice(FORMANTS, BANDWIDTHS, pitch=110)
    changed = VocalTract(0.8)(voice, RATE, "u1")
    assert np.sum(np.square(changed)) == pytest.approx(
        np.sum(np.square(voice)), rel=1e-4
    )


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_the_warp_is_that_of_jaitly_and_hinton(factor):
    # G(f) = f a up to 4800 min(a, 1) / a Hz, then straight to (8000, 8000).
    frequencies = np.array([100.0, 3000.0, 3800.0, 6500.0, 8000.0])
    least = min(factor, 1)
    high = 8000 - (8000 - 4800 * least) / (8000 - 4800 * least / factor) * (
        8000 - frequencies
    )
    warped = np.where(frequencies <= 4800 * least / factor, frequencies * factor, high)
    back = unwarped(warped / RATE, factor) * RATE
    np.testing.assert_allclose(back, frequencies, rtol=1e-9)

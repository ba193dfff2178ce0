"""Statistics of an utterance's voice, guessed from known ones."""

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.features import FeatureNormalization, FrontEnd
from satn_keras.features.moments import utterance_moments
from satn_keras.features.voices import TEMPERATURE, VoiceMixture
from tests.support.sounds import vowel

BANDS, CHANNELS, VOICES = 3, 2, 4
RNG = np.random.default_rng(7)
VALUES = {
    "voices": RNG.uniform(0.5, 2, (VOICES, 2, BANDS, CHANNELS)).astype("float32"),
    "center": RNG.normal(size=2 * BANDS).astype("float32"),
    "spread": RNG.uniform(0.5, 2, 2 * BANDS).astype("float32"),
    "kernel": RNG.normal(size=(2 * BANDS, VOICES)).astype("float32"),
    "bias": RNG.normal(size=VOICES).astype("float32"),
}


def frames(batch=2, count=13):
    shape = batch, count, BANDS, CHANNELS
    return np.random.default_rng(8).normal(1.0, 2.0, shape).astype("float32")


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def expected(one):
    """Mixture for one utterance's counted frames (frames, bands, channels)."""
    heard = np.concatenate([one[..., 0].mean(axis=0), one[..., 0].std(axis=0)])
    distance = np.clip((heard - VALUES["center"]) / VALUES["spread"], -5, 5)
    scores = (distance @ VALUES["kernel"] + VALUES["bias"]) / TEMPERATURE
    posterior = np.exp(scores) / np.exp(scores).sum()
    return np.einsum("v,vsbc->sbc", posterior, VALUES["voices"])


def a_normalization():
    layer = FeatureNormalization("voices", epsilon=0.0)
    layer.set_voices(*VALUES.values())
    return layer


def test_moments_are_numpys_over_the_values_that_count():
    x, counted = frames(), np.random.default_rng(9).random((2, 13, BANDS, 1)) < 0.5
    counted[1, :, 2] = False
    mean, deviation = map(numpy, utterance_moments(x, counted))
    for row in range(2):
        for band in range(BANDS):
            own = x[row, counted[row, :, band, 0], band]
            if not len(own):
                assert (mean[row, 0, band] == 0).all()
                assert (deviation[row, 0, band] == 0).all()
                continue
            np.testing.assert_allclose(mean[row, 0, band], own.mean(0), atol=1e-5)
            np.testing.assert_allclose(deviation[row, 0, band], own.std(0), atol=1e-5)


def test_the_mixture_is_the_voices_weighed_by_their_posterior():
    x = frames()
    mixture = VoiceMixture()
    mixture.set_voices(*VALUES.values())
    for row, one in zip(numpy(mixture(x)), x, strict=True):
        np.testing.assert_allclose(row, expected(one), rtol=1e-4)


def test_an_utterance_is_normalised_by_the_voices_it_resembles():
    x, mask = frames(), np.arange(13) < np.array([[13], [5]])
    x[~mask] = np.nan
    normalized = numpy(a_normalization()(x, mask=mask))
    for row, true, one in zip(normalized, mask, x, strict=True):
        mean, deviation = expected(one[true])
        np.testing.assert_allclose(
            row[true], (one[true] - mean) / deviation, rtol=1e-3, atol=1e-4
        )
        assert (row[~true] == 0).all()


def test_known_statistics_come_before_a_guess():
    x = frames()
    statistics = np.stack([np.full((2, BANDS, CHANNELS), 2.0, "float32")] * 2)
    known = numpy(a_normalization()(x, statistics=statistics))
    np.testing.assert_allclose(known, (x - 2) / 2, rtol=1e-5)


def test_voices_belong_to_their_mode_and_fit_each_other():
    with pytest.raises(ValueError, match="Voices can be set in mode 'voices' only"):
        FeatureNormalization("training").set_voices(*VALUES.values())
    with pytest.raises(ValueError, match="No voice is known yet"):
        FeatureNormalization("voices")(frames())
    wrong = {**VALUES, "kernel": VALUES["kernel"][:-1]}
    with pytest.raises(ValueError, match=r"`kernel` must have the shape \(6, 4\)"):
        VoiceMixture().set_voices(*wrong.values())


def test_a_front_end_hears_a_stranger_alone_and_padded_the_same():
    config = FeatureConfig(
        streams=("prosody",),
        prosody_bands=("loudness", "f0_semitones", "mfcc_1"),
        derivatives=1,
        normalization="voices",
        unvoiced="mean",
    )
    front_end = FrontEnd(config)
    front_end.set_voices(*VALUES.values())
    waveform = np.zeros((2, 9973), "float32")
    waveform[0], waveform[1, :4001] = vowel()[:9973], vowel(seed=2)[:4001]
    together, _ = front_end(waveform, lengths=np.array([9973, 4001], "int32"))
    alone, _ = front_end(waveform[1:, :4001])
    together, alone = numpy(together), numpy(alone)
    np.testing.assert_allclose(together[1, : alone.shape[1]], alone[0], atol=2e-4)
    assert np.isfinite(together).all() and np.abs(alone).max() > 0

"""Descriptors of sounds of known pitch and energy, and openSMILE's own answers."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.features import DESCRIPTOR_NAMES, Deltas, DescriptorFrontEnd
from satn_keras.pipelines.opensmile_descriptors import describe
from satn_keras.pipelines.opensmile_library import load_opensmile
from tests.support.opensmile import needs_opensmile
from tests.support.sounds import tone, vowel

pytestmark = needs_opensmile
SETS = tuple(DESCRIPTOR_NAMES)


def config(descriptors, **changes):
    return FeatureConfig(descriptors=descriptors, **changes)


def contour(waveform, descriptors, name, channel=0):
    """Frames of one descriptor, without those at the edges."""
    band = DESCRIPTOR_NAMES[descriptors].index(name)
    return describe(waveform, config(descriptors))[5:-7, band, channel]


def sawtooth(frequency, seconds=0.6):
    samples = np.arange(round(seconds * 16000))  # whole numbers: no jitter
    return (0.8 * (frequency * samples % 16000 / 16000 - 0.5)).astype("float32")


@pytest.mark.parametrize("frequency", [125, 200, 250])
@pytest.mark.parametrize(
    ("descriptors", "name", "value"),
    [
        ("is09", "f0", lambda hertz: hertz),
        ("compare2016", "f0", lambda hertz: hertz),
        ("egemaps", "f0_semitones", lambda hertz: 12 * np.log2(hertz / 27.5)),
        ("han2014", "pitch_period", lambda hertz: 1 / hertz),
    ],
)
def test_the_pitch_of_a_sawtooth_is_its_frequency(descriptors, name, value, frequency):
    heard = np.median(contour(sawtooth(frequency), descriptors, name))
    assert heard == pytest.approx(value(frequency), rel=0.02)


@pytest.mark.parametrize(
    ("descriptors", "name", "value"),
    [
        ("compare2016", "rms_energy", 0.5 / np.sqrt(2)),
        ("han2014", "log_energy", np.log(0.5**2 / 2)),
        ("is09", "zero_crossing_rate", 2 * 1000 / 16000),
    ],
)
def test_a_tone_of_amplitude_one_half_has_its_energy_and_crossings(
    descriptors, name, value
):
    heard = contour(tone(1000, 0.5), descriptors, name)
    np.testing.assert_allclose(heard, value, rtol=0.02)


@pytest.mark.parametrize("descriptors", ["is09", "compare2016"])
def test_a_vowel_is_more_probably_voiced_than_noise(descriptors):
    noise = 0.1 * np.random.default_rng(1).standard_normal(11200).astype("float32")
    voiced = contour(vowel(pitch=220), descriptors, "voicing_probability")
    unvoiced = contour(noise, descriptors, "voicing_probability")
    assert voiced.min() > 0.7
    assert unvoiced.max() < 0.5


@pytest.mark.parametrize(
    ("descriptors", "name"), [("is09", "IS09"), ("compare2016", "ComParE_2016")]
)
def test_values_and_derivatives_are_those_of_opensmile_s_own_sets(descriptors, name):
    opensmile = load_opensmile()
    sound = vowel()[: 960 + 60 * 160]  # whole windows of 25 and 60 ms
    frames = describe(sound, config(descriptors))
    for channel, level in enumerate(["LowLevelDescriptors"] * 2):
        level += "_Deltas" * channel
        smile = opensmile.Smile(
            opensmile.FeatureSet[name], opensmile.FeatureLevel[level]
        )
        own = smile(sound, 16000)[0].T  # (frames, bands)
        # The end has other neighbours, up to a period's for jitter and shimmer.
        count = min(len(own), len(frames)) - 12
        np.testing.assert_array_equal(frames[:count, :, channel], own[:count])
        assert count > 40


def plain(name):
    """Name without what openSMILE's spelling adds."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


@pytest.mark.parametrize(
    ("descriptors", "name", "words"),
    [
        (
            "is09",
            "IS09",
            {
                "rms_energy": "RMSenergy",
                "mfcc_7": "mfcc_sma[7]",
                "zero_crossing_rate": "zcr",
                "voicing_probability": "voiceProb",
                "f0": "F0",
            },
        ),
        (
            "compare2016",
            "ComParE_2016",
            {
                "f0": "F0final",
                "voicing_probability": "voicingFinal",
                "jitter_ddp": "jitterDDP",
                "shimmer": "shimmerLocal",
                "log_harmonics_to_noise_ratio": "logHNR",
                "rasta_loudness": "audspecRasta_lengthL1norm",
                "rms_energy": "RMSenergy",
                "zero_crossing_rate": "zcr",
                "rasta_band_25": "audSpec_Rfilt_sma[25]",
                "energy_1000_4000": "fband1000-4000",
                "roll_off_90": "spectralRollOff90",
                "flux": "spectralFlux",
                "centroid": "spectralCentroid",
                "entropy": "spectralEntropy",
                "variance": "spectralVariance",
                "skewness": "spectralSkewness",
                "kurtosis": "spectralKurtosis",
                "slope": "spectralSlope",
                "sharpness": "psySharpness",
                "harmonicity": "spectralHarmonicity",
                "mfcc_14": "mfcc_sma[14]",
            },
        ),
        (
            "egemaps",
            "eGeMAPSv02",
            {
                "loudness": "Loudness",
                "alpha_ratio": "alphaRatio",
                "hammarberg_index": "hammarbergIndex",
                "slope_0_500": "slope0-500",
                "slope_500_1500": "slope500-1500",
                "flux": "spectralFlux",
                "mfcc_4": "mfcc4",
                "f0_semitones": "F0semitone",
                "jitter": "jitterLocal",
                "shimmer": "shimmerLocaldB",
                "harmonics_to_noise_ratio": "HNRdBACF",
                "h1_h2": "H1-H2",
                "h1_a3": "H1-A3",
                "f1_frequency": "F1frequency",
                "f2_bandwidth": "F2bandwidth",
                "f3_level": "F3amplitude",
            },
        ),
    ],
)
def test_a_name_is_at_the_band_that_opensmile_calls_so(descriptors, name, words):
    opensmile = load_opensmile()
    columns = opensmile.Smile(
        opensmile.FeatureSet[name], opensmile.FeatureLevel.LowLevelDescriptors
    ).feature_names
    assert len(columns) == len(DESCRIPTOR_NAMES[descriptors])
    for own, word in words.items():
        column = columns[DESCRIPTOR_NAMES[descriptors].index(own)]
        assert plain(word) in plain(column)


@pytest.mark.parametrize("descriptors", ["han2014", "egemaps"])
def test_derivatives_that_opensmile_does_not_give_are_regression_slopes(descriptors):
    frames = describe(vowel(), config(descriptors, delta_reach=3))
    slopes = keras.ops.convert_to_numpy(Deltas(reach=3)(frames[np.newaxis, :, :, 0]))
    expected = slopes[0, :, :, : frames.shape[2]]
    np.testing.assert_allclose(frames, expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("descriptors", SETS)
@pytest.mark.parametrize("samples", [0, 1, 399, 400, 401, 959, 961, 4001])
def test_an_utterance_of_any_length_has_the_frames_of_its_front_end(
    descriptors, samples
):
    front_end = DescriptorFrontEnd(config(descriptors))
    frames = describe(vowel()[:samples], front_end.config)
    size = (front_end.num_bands, front_end.num_channels)
    assert frames.shape == (front_end.frame_count(samples), *size)
    assert frames.dtype == "float32"
    assert np.isfinite(frames).all()


@pytest.mark.parametrize("descriptors", SETS)
def test_silence_and_noise_at_full_scale_have_finite_descriptors(descriptors):
    loud = np.sign(np.random.default_rng(2).standard_normal(4800)).astype("float32")
    for sound in (np.zeros(4800, "float32"), loud):
        assert np.isfinite(describe(sound, config(descriptors))).all()


@pytest.mark.parametrize("descriptors", SETS)
@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_other_sample_rates_have_a_frame_for_each_of_the_front_end(descriptors, rate):
    settings = config(descriptors, sample_rate=rate, fft_length=2048)
    sound = vowel(0.31, sample_rate=rate)
    frames = describe(sound, settings)
    assert len(frames) == DescriptorFrontEnd(settings).frame_count(len(sound))
    assert np.isfinite(frames).all()


def test_a_sound_at_full_scale_does_not_wrap_around():
    clipped = np.clip(3 * tone(500), -1, 1)
    crossings = contour(clipped, "is09", "zero_crossing_rate")
    np.testing.assert_allclose(crossings, 2 * 500 / 16000, rtol=0.05)


@pytest.mark.parametrize("descriptors", SETS)
def test_threads_hear_what_one_alone_hears(descriptors):
    sounds = [vowel(0.3, pitch=pitch) for pitch in (100, 130, 170, 220)] * 2
    alone = [describe(sound, config(descriptors)) for sound in sounds]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda one: describe(one, config(descriptors)), sounds)
        )
    for one, two in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, two)

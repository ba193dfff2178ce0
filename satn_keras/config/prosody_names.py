"""Names of the prosody stream's bands, in their order."""

from __future__ import annotations

# As eGeMAPS orders them, and `voicing` after the pitch.
PROSODY_NAMES = (
    "loudness",
    "alpha_ratio",  # dB
    "hammarberg_index",  # dB
    "slope_0_500",  # dB per Hz
    "slope_500_1500",
    "flux",
    "mfcc_1",
    "mfcc_2",
    "mfcc_3",
    "mfcc_4",
    "f0_semitones",  # above 27.5 Hz, 0 where unvoiced
    "voicing",  # 0 to 1
    "jitter",  # share of a period, 0 where unvoiced
    "shimmer",  # dB, 0 where unvoiced
    "harmonics_to_noise_ratio",  # dB, 0 where unvoiced
    "h1_h2",  # dB, 0 where unvoiced
    "h1_a3",
    "f1_frequency",  # Hz
    "f1_bandwidth",
    "f1_level",  # dB relative to the first harmonic, -201 where unvoiced
    "f2_frequency",
    "f2_bandwidth",
    "f2_level",
    "f3_frequency",
    "f3_bandwidth",
    "f3_level",
)
# Which have no value in a frame without pitch, whatever number stands there.
VOICED_NAMES = frozenset(
    {
        "f0_semitones",
        "jitter",
        "shimmer",
        "harmonics_to_noise_ratio",
        "h1_h2",
        "h1_a3",
        "f1_level",
        "f2_level",
        "f3_level",
    }
)

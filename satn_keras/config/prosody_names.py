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
    "harmonics_to_noise_ratio",  # dB, 0 where unvoiced
)

"""Names of the low-level descriptors of each set, in the order of the bands."""


def _numbered(name, first, last):
    return tuple(f"{name}_{number}" for number in range(first, last + 1))


def _formant(number):
    return tuple(f"f{number}_{kind}" for kind in ("frequency", "bandwidth", "level"))


# `voicing_probability` and `f0` (Hz, 0 where unvoiced) keep their names over sets.
DESCRIPTOR_NAMES = {
    "is09": (
        "rms_energy",
        *_numbered("mfcc", 1, 12),
        "zero_crossing_rate",
        "voicing_probability",
        "f0",
    ),
    "han2014": (
        *_numbered("mfcc", 1, 12),
        "log_energy",
        "pitch_period",  # seconds
        "harmonics_to_noise_ratio",  # dB
    ),
    "compare2016": (
        "f0",
        "voicing_probability",
        "jitter",
        "jitter_ddp",
        "shimmer",
        "log_harmonics_to_noise_ratio",
        "loudness",
        "rasta_loudness",
        "rms_energy",
        "zero_crossing_rate",
        *_numbered("rasta_band", 0, 25),
        "energy_250_650",
        "energy_1000_4000",
        "roll_off_25",
        "roll_off_50",
        "roll_off_75",
        "roll_off_90",
        "flux",
        "centroid",
        "entropy",
        "variance",
        "skewness",
        "kurtosis",
        "slope",
        "sharpness",
        "harmonicity",
        *_numbered("mfcc", 1, 14),
    ),
    "egemaps": (
        "loudness",
        "alpha_ratio",
        "hammarberg_index",
        "slope_0_500",
        "slope_500_1500",
        "flux",
        *_numbered("mfcc", 1, 4),
        "f0_semitones",  # above 27.5 Hz, 0 where unvoiced
        "jitter",
        "shimmer",  # dB
        "harmonics_to_noise_ratio",  # dB
        "h1_h2",
        "h1_a3",
        *_formant(1),
        *_formant(2),
        *_formant(3),
    ),
}
# Static values, then their first and, in the last set, second derivatives.
DESCRIPTOR_CHANNELS = {"is09": 2, "han2014": 2, "compare2016": 2, "egemaps": 3}

"""Settings of the way from a waveform to frames of features."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from satn_keras.config.base import Positive, Section
from satn_keras.config.prosody_names import PROSODY_NAMES

_AFTER_EXTRACTION = {
    *("normalization", "running_seconds", "speaker_prior_seconds", "limit"),
    "unvoiced",
}


class FeatureConfig(Section):
    """Waveform to frames of features.

    The defaults are the filterbank of python_speech_features as the 3-D ACRNN
    code calls it: int16 scale, pre-emphasis, rectangular window, natural log.
    """

    sample_rate: Positive = 16000  # Hz
    streams: tuple[Literal["log_mel", "prosody"], ...] = Field(
        ("log_mel",), min_length=1
    )
    # openSMILE's low-level descriptors in the place of the streams.
    descriptors: Literal["none", "is09", "han2014", "compare2016", "egemaps"] = "none"
    mel_scale: Literal["log", "power", "pcen"] = "log"  # of the log_mel stream
    prosody_bands: Literal["all"] | tuple[str, ...] = "all"  # of the prosody stream
    window_seconds: float = Field(0.025, gt=0)
    hop_seconds: float = Field(0.010, gt=0)
    window: Literal["rectangular", "hamming", "hann"] = "rectangular"
    fft_length: Positive = 512  # samples
    num_mels: Positive = 40
    low_frequency: float = Field(0.0, ge=0)  # Hz
    high_frequency: float | None = None  # Hz, half the sample rate when absent
    preemphasis: float = Field(0.97, ge=0, lt=1)
    full_scale: float = Field(32768.0, gt=0)  # a sample of 1.0 becomes this
    derivatives: int = Field(2, ge=0, le=2)  # beside the static values; of streams
    delta_reach: Positive = 2  # frames on each side
    normalization: Literal[
        "none", "utterance", "speaker", "voices", "training", "whitening", "running"
    ] = "training"
    running_seconds: float = Field(3.0, gt=0)  # in which the past fades to 1 / e
    # Speech of the training part's speakers that counts as each speaker's, besides
    # their own.
    speaker_prior_seconds: float = Field(0.0, ge=0)
    limit: float | None = Field(None, gt=0)  # of normalised values, deviations
    # Bands of voice where there is none: the number that stands there, counted as any
    # other, or the mean of voiced frames, the only ones that count.
    unvoiced: Literal["number", "mean"] = "number"

    @property
    def window_length(self) -> int:
        """Samples in one window."""
        return round(self.window_seconds * self.sample_rate)

    @property
    def hop_length(self) -> int:
        """Samples from one frame to the next."""
        return round(self.hop_seconds * self.sample_rate)

    @field_validator("prosody_bands")
    @classmethod
    def _bands_exist(cls, bands):
        if bands == "all":
            return bands
        unknown = [name for name in bands if name not in PROSODY_NAMES]
        if unknown or not bands or len(set(bands)) < len(bands):
            raise ValueError(
                f"`prosody_bands` must be `all` or different names of "
                f"{', '.join(PROSODY_NAMES)}"
            )
        return bands

    @property
    def extracted(self) -> dict:
        """Settings that decide the values before normalisation, fit for JSON."""
        return self.model_dump(mode="json", exclude=_AFTER_EXTRACTION)

    @model_validator(mode="after")
    def _a_pitch_says_what_is_voiced(self):
        if self.unvoiced == "number":
            return self
        known = self.prosody_bands == "all" or "f0_semitones" in self.prosody_bands
        if self.descriptors != "none" or "prosody" not in self.streams or not known:
            raise ValueError(
                "`unvoiced` mean asks the pitch which frames are voiced: `streams` "
                "must have prosody, with `f0_semitones` among its bands"
            )
        if self.normalization in ("none", "whitening"):
            raise ValueError(
                f"`unvoiced` mean has no effect on `normalization` "
                f"{self.normalization}. Leave it out"
            )
        return self

    @model_validator(mode="after")
    def _what_runs_has_a_past(self):
        default = type(self).model_fields["running_seconds"].default
        if self.running_seconds != default and self.normalization != "running":
            raise ValueError(
                f"`running_seconds` has no effect on `normalization` "
                f"{self.normalization}. Leave it out"
            )
        return self

    @model_validator(mode="after")
    def _a_prior_is_of_speakers(self):
        if self.speaker_prior_seconds and self.normalization != "speaker":
            raise ValueError(
                f"`speaker_prior_seconds` has no effect on `normalization` "
                f"{self.normalization}. Set it to 0"
            )
        return self

    @model_validator(mode="after")
    def _nothing_to_limit(self):
        if self.limit is not None and self.normalization == "none":
            raise ValueError(
                "`limit` is in deviations, and `normalization` none has none. Leave "
                "it out"
            )
        return self

    @model_validator(mode="after")
    def _window_fits(self):
        if min(self.hop_length, self.window_length) < 1:
            raise ValueError(
                "`hop_seconds` and `window_seconds` must be at least one sample"
            )
        if self.window_length > self.fft_length:
            raise ValueError(
                f"`fft_length` must hold one window of {self.window_length} samples"
            )
        nyquist = self.sample_rate / 2
        highest = nyquist if self.high_frequency is None else self.high_frequency
        if not self.low_frequency < highest <= nyquist:
            raise ValueError(
                "`low_frequency` < `high_frequency` <= half the sample rate must hold"
            )
        return self

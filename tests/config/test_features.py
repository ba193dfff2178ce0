"""Rules of the settings of features."""

import pydantic
import pytest

from satn_keras.config import FeatureConfig

PROSODY = {"streams": ("log_mel", "prosody"), "unvoiced": "mean"}


@pytest.mark.parametrize(
    "values",
    [
        {"unvoiced": "mean"},
        {"unvoiced": "mean", "descriptors": "egemaps"},
        {**PROSODY, "prosody_bands": ("loudness",)},
    ],
)
def test_voiced_frames_are_those_with_a_pitch(values):
    with pytest.raises(pydantic.ValidationError, match="must have prosody, with `f0_"):
        FeatureConfig(**values)
    assert FeatureConfig(**PROSODY).unvoiced == "mean"


@pytest.mark.parametrize("normalization", ["none", "whitening"])
def test_the_mean_of_voiced_frames_needs_one_for_each_band(normalization):
    with pytest.raises(pydantic.ValidationError, match=f"`unvoiced`.*{normalization}"):
        FeatureConfig(**PROSODY, normalization=normalization)


def test_values_that_are_not_normalised_have_no_limit():
    with pytest.raises(pydantic.ValidationError, match="`limit` is in deviations"):
        FeatureConfig(normalization="none", limit=5.0)


def test_a_prior_is_of_what_normalises_by_speaker():
    with pytest.raises(pydantic.ValidationError, match="`speaker_prior_seconds` has"):
        FeatureConfig(normalization="utterance", speaker_prior_seconds=0.5)
    config = FeatureConfig(normalization="speaker", speaker_prior_seconds=0.5)
    assert config.speaker_prior_seconds == 0.5


def test_normalisation_decides_nothing_that_is_extracted():
    plain = FeatureConfig(streams=("prosody",))
    other = FeatureConfig(
        streams=("prosody",),
        normalization="speaker",
        speaker_prior_seconds=0.5,
        limit=3.0,
        unvoiced="mean",
    )
    assert plain.extracted == other.extracted
    assert (
        plain.extracted != FeatureConfig(streams=("prosody",), derivatives=1).extracted
    )

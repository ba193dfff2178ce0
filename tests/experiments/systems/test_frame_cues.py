"""Energy and voicing come from the band that holds them."""

import numpy as np
import pytest
import tensorflow as tf

from satn_keras.config import FeatureConfig
from satn_keras.errors import ConfigError
from satn_keras.experiments.systems.frame_cues import energy_of, voicing_of
from satn_keras.features import DESCRIPTOR_NAMES


def numbered(bands):
    """Features whose value names band and channel: 10 band + channel."""
    bands = np.arange(bands, dtype="float32")[:, None]
    return tf.constant(np.broadcast_to(10 * bands + np.arange(2), (3, len(bands), 2)))


@pytest.mark.parametrize(
    ("descriptors", "band"),
    [("is09", 0), ("han2014", 12), ("compare2016", 8), ("egemaps", 0)],
)
def test_the_energy_is_the_static_value_of_its_descriptor(descriptors, band):
    energy = energy_of(FeatureConfig(descriptors=descriptors))
    features = numbered(len(DESCRIPTOR_NAMES[descriptors]))
    np.testing.assert_array_equal(energy(features), [10 * band] * 3)


@pytest.mark.parametrize(("descriptors", "band"), [("is09", 14), ("compare2016", 1)])
def test_voicing_is_the_static_value_of_its_descriptor(descriptors, band):
    voicing = voicing_of(FeatureConfig(descriptors=descriptors))
    features = numbered(len(DESCRIPTOR_NAMES[descriptors]))
    np.testing.assert_array_equal(voicing(features), [10 * band] * 3)


def test_the_energy_of_log_mel_features_is_the_power_in_all_bands():
    power = np.random.default_rng(1).random((5, 7, 3)).astype("float32")
    total = power[..., 0].sum(axis=1)
    logarithmic = energy_of(FeatureConfig())(tf.constant(np.log(power)))
    np.testing.assert_allclose(logarithmic, np.log(total), rtol=1e-5)
    linear = energy_of(FeatureConfig(mel_scale="power"))(tf.constant(power))
    np.testing.assert_allclose(linear, total, rtol=1e-5)


@pytest.mark.parametrize("descriptors", ["none", "han2014", "egemaps"])
def test_features_without_voicing_are_refused_with_a_remedy(descriptors):
    with pytest.raises(ConfigError, match=r"is09 and compare2016 hold.*=is09\.$"):
        voicing_of(FeatureConfig(descriptors=descriptors))

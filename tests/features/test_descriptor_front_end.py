"""The clock, the sizes and the refusals of the front end of descriptors."""

import re

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.errors import ConfigError
from satn_keras.features import DESCRIPTOR_NAMES, DescriptorFrontEnd, FrontEnd

SETS = ("is09", "han2014", "compare2016", "egemaps")


def front_end(descriptors="is09", **changes):
    return DescriptorFrontEnd(FeatureConfig(descriptors=descriptors, **changes))


# Schuller et al. 2009, table 1; Han et al. 2014, section 3.1; Schuller et al. 2013,
# table 2; Eyben et al. 2016, section 3.
@pytest.mark.parametrize(
    ("descriptors", "bands", "channels"),
    [("is09", 16, 2), ("han2014", 15, 2), ("compare2016", 65, 2), ("egemaps", 25, 3)],
)
def test_a_set_has_as_many_descriptors_as_published(descriptors, bands, channels):
    layer = front_end(descriptors)
    assert (layer.num_bands, layer.num_channels) == (bands, channels)
    assert layer.names == DESCRIPTOR_NAMES[descriptors]
    assert len(set(layer.names)) == bands


def test_every_set_that_a_recipe_can_name_has_names():
    assert tuple(DESCRIPTOR_NAMES) == SETS


@pytest.mark.parametrize("samples", [0, 1, 400, 401, 560, 561, 16000])
def test_the_frames_are_as_many_and_at_the_times_of_log_mel_frames(samples):
    others = FrontEnd(FeatureConfig())
    layer = front_end()
    assert layer.frame_count(samples) == others.frame_count(samples)
    assert layer.frame_seconds == others.frame_seconds == 0.01
    np.testing.assert_array_equal(layer.frame_times(5), others.frame_times(5))


def test_it_normalizes_by_the_statistics_that_were_set():
    layer = front_end(normalization="training")
    mean = np.arange(32, dtype="float32").reshape(16, 2)
    layer.set_statistics(mean, np.full((16, 2), 2.0))
    features = np.tile(mean + 6, (1, 3, 1, 1))
    mask = np.array([[True, True, False]])
    normalized = keras.ops.convert_to_numpy(layer.normalize(features, mask))
    np.testing.assert_allclose(normalized[0, :2], 3.0, rtol=1e-4)
    np.testing.assert_array_equal(normalized[0, 2], 0.0)


@pytest.mark.parametrize("way", ["extract", "__call__"])
def test_a_waveform_is_refused_because_no_layer_computes_descriptors(way):
    layer = front_end("egemaps")
    with pytest.raises(ConfigError, match="^features.descriptors: openSMILE computes"):
        getattr(layer, way)(np.zeros((1, 800), "float32"))


def test_no_set_at_all_is_refused():
    with pytest.raises(ConfigError, match="one of is09, han2014, compare2016, egemaps"):
        front_end("none")


@pytest.mark.parametrize(
    "changes", [{"hop_seconds": 0.02}, {"window_seconds": 0.03}], ids=str
)
def test_windows_and_hops_that_the_sets_do_not_have_are_refused(changes):
    with pytest.raises(ConfigError, match=re.escape("0.025 s, 0.01 s apart")):
        front_end(**changes)


def test_a_config_round_trip_gives_the_same_front_end():
    layer = front_end("compare2016", normalization="speaker")
    again = DescriptorFrontEnd.from_config(layer.get_config())
    assert again.config == layer.config
    assert again.num_bands == 65

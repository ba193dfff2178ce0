"""Statistics of the training part reach the front end, and a file and back."""

import json

import keras
import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.experiments.features import fit_statistics, make_front_end
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines import build_store
from tests.pipelines.small_stores import BANDS, noise_manifest


@pytest.mark.parametrize("normalization", ["training", "whitening"])
def test_statistics_from_a_file_normalize_as_those_just_fitted(tmp_path, normalization):
    config = FeatureConfig(num_mels=BANDS, normalization=normalization)
    fitted = make_front_end(config)
    store = build_store(noise_manifest(tmp_path), fitted)
    written = json.loads(json.dumps(fit_statistics(fitted, store)))
    loaded = make_front_end(config, written)
    frames = np.random.default_rng(1).random((2, 7, BANDS, 3)).astype("float32")
    expected = keras.ops.convert_to_numpy(fitted.normalize(frames))
    assert not np.allclose(expected, frames)
    np.testing.assert_array_equal(loaded.normalize(frames), expected)


@pytest.mark.parametrize("normalization", ["none", "utterance", "speaker"])
def test_no_statistics_are_kept_where_the_training_part_has_no_say(normalization):
    front_end = make_front_end(FeatureConfig(normalization=normalization))
    assert fit_statistics(front_end, store=None) is None


@pytest.mark.parametrize(
    ("descriptors", "kind"), [("none", FrontEnd), ("is09", DescriptorFrontEnd)]
)
def test_the_recipe_s_descriptors_choose_the_front_end(descriptors, kind):
    config = FeatureConfig(descriptors=descriptors)
    front_end = make_front_end(config)
    assert type(front_end) is kind
    assert front_end.config == config

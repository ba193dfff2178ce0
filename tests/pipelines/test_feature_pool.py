"""Features that many stores share are computed once."""

import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.corpora import Manifest
from satn_keras.features import FrontEnd
from satn_keras.pipelines import build_store, shared_features
from satn_keras.pipelines.changes import Noise, Pitch
from satn_keras.pipelines.feature_source import FeatureSource


@pytest.fixture(scope="module")
def manifest(small_manifest):
    return Manifest.read(small_manifest).where(speaker=("anna", "bert", "cora"))


@pytest.fixture
def extractions(monkeypatch):
    """Sizes of the manifests that were extracted."""
    sizes = []
    extract = FeatureSource.extract

    def counted(self, progress=None):
        sizes.append(len(self))
        return extract(self, progress)

    monkeypatch.setattr(FeatureSource, "extract", counted)
    return sizes


def rows(store):
    return [np.asarray(store.fetch(row)) for row in range(len(store))]


@pytest.mark.parametrize("speeds", [(1.0,), (1.0, 0.9)])
def test_a_store_from_the_pool_holds_what_its_own_would(manifest, speeds):
    front_end = FrontEnd(FeatureConfig(num_mels=7))
    part = manifest.where(speaker="bert")
    alone = build_store(part, front_end, speeds)
    with shared_features(manifest):
        shared = build_store(part, front_end, speeds)
    np.testing.assert_array_equal(shared.lengths, alone.lengths)
    for ours, theirs in zip(rows(shared), rows(alone), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(shared.statistics(), alone.statistics())


def test_the_pool_is_heard_once(manifest, extractions):
    front_end = FrontEnd(FeatureConfig(num_mels=7))
    with shared_features(manifest):
        for speaker in manifest.speakers:
            build_store(manifest.where(speaker=speaker), front_end)
    assert extractions == [len(manifest)]


def test_a_version_is_heard_once_whatever_others_are_beside_it(manifest, extractions):
    front_end = FrontEnd(FeatureConfig(num_mels=7))
    part = manifest.where(speaker="bert")
    with shared_features(manifest):
        build_store(part, front_end)
        for seed in (1, 2):
            changes = [Pitch(2), Noise("pink", 10, seed)]
            store = build_store(part, front_end, (1.0, 0.9), changes=changes)
    # As it is, slower, higher, and in the noise of each seed.
    assert extractions == [len(manifest)] * 5
    alone = build_store(part, front_end, (1.0, 0.9), changes=changes)
    np.testing.assert_array_equal(store.lengths, alone.lengths)
    for ours, theirs in zip(rows(store), rows(alone), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_other_settings_are_extracted_anew(manifest, extractions):
    with shared_features(manifest):
        for mels in (7, 11):
            build_store(manifest, FrontEnd(FeatureConfig(num_mels=mels)))
    assert len(extractions) == 2


def test_the_normalization_is_no_other_setting(manifest, extractions):
    with shared_features(manifest):
        for mode in ("training", "utterance"):
            config = FeatureConfig(num_mels=7, normalization=mode)
            build_store(manifest, FrontEnd(config))
    assert len(extractions) == 1


def test_speech_that_the_pool_lacks_is_extracted_by_itself(manifest, extractions):
    front_end = FrontEnd(FeatureConfig(num_mels=7))
    with shared_features(manifest.where(speaker="anna")):
        build_store(manifest.where(speaker="bert"), front_end)
    assert extractions == [6]


def test_after_the_block_nothing_is_shared(manifest, extractions):
    front_end = FrontEnd(FeatureConfig(num_mels=7))
    with shared_features(manifest):
        pass
    build_store(manifest.where(speaker="anna"), front_end)
    assert extractions == [6]

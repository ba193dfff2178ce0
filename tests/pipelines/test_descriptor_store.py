"""Stores hold openSMILE's descriptors as they hold log-mel features."""

import re

import numpy as np
import pytest

from satn_keras.config import FeatureConfig
from satn_keras.errors import AudioError
from satn_keras.features import DescriptorFrontEnd
from satn_keras.pipelines import build_store, feature_source, read_audio
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.opensmile_descriptors import describe
from tests.pipelines.small_stores import manifest_of, noise_manifest, rows_of
from tests.support.opensmile import needs_opensmile


def front_end(descriptors="is09", **changes):
    return DescriptorFrontEnd(FeatureConfig(descriptors=descriptors, **changes))


@needs_opensmile
@pytest.mark.parametrize("cache", ["memory", "disk", "none"])
@pytest.mark.parametrize("descriptors", ["han2014", "egemaps"])
def test_every_cache_holds_the_descriptors_of_every_file(tmp_path, cache, descriptors):
    manifest, layer = noise_manifest(tmp_path), front_end(descriptors)
    store = build_store(manifest, layer, cache=cache, folder=tmp_path / "cache")
    for utterance, row in zip(manifest, rows_of(store), strict=True):
        expected = describe(read_audio(utterance.path), layer.config)
        np.testing.assert_array_equal(row, expected)
    assert store.lengths.tolist() == [len(row) for row in rows_of(store)]


@needs_opensmile
def test_descriptors_on_disk_are_found_again(tmp_path):
    manifest = noise_manifest(tmp_path)
    options = {"cache": "disk", "folder": tmp_path / "cache"}
    first = rows_of(build_store(manifest, front_end(), **options))
    again = build_store(
        manifest, front_end(), progress=lambda *done: pytest.fail(), **options
    )
    for one, two in zip(first, rows_of(again), strict=True):
        np.testing.assert_array_equal(one, two)


@needs_opensmile
def test_a_speed_divides_the_length(tmp_path):
    manifest = noise_manifest(tmp_path, seconds=(1.0,))
    store = build_store(manifest, front_end(), speeds=(1.0, 0.8, 1.25))
    assert store.lengths.tolist() == [99, 124, 79]  # as of log-mel features


@needs_opensmile
def test_statistics_have_the_bands_and_channels_of_the_set(tmp_path):
    store = build_store(noise_manifest(tmp_path), front_end())
    frames = np.concatenate(rows_of(store)).astype("float64")
    mean, deviation = store.statistics()
    np.testing.assert_allclose(mean, frames.mean(axis=0), rtol=1e-5, atol=1e-6)
    assert deviation.shape == (16, 2)
    assert store.voice_statistics().shape == (3, 2, 16, 2)


@needs_opensmile
def test_a_file_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "bad.wav"
    path.write_text("These are words.")
    with pytest.raises(AudioError, match=re.escape(f"{path}: ")):
        build_store(manifest_of([path]), front_end())


@needs_opensmile
def test_the_fingerprint_knows_the_set_and_the_version(tmp_path, monkeypatch):
    manifest = noise_manifest(tmp_path)

    def fingerprint(**changes):
        return FeatureSource(manifest, front_end(**changes)).fingerprint()

    same = fingerprint()
    assert fingerprint(normalization="speaker") == same
    others = {fingerprint(descriptors="egemaps"), fingerprint(delta_reach=3)}
    monkeypatch.setattr(feature_source, "opensmile_version", lambda: "1.0")
    assert len({same, *others, fingerprint()}) == 4


def test_a_missing_opensmile_is_told_before_any_file_is_read(tmp_path, monkeypatch):
    def missing():
        raise ImportError("it is not installed")

    monkeypatch.setattr(feature_source, "opensmile_version", missing)
    with pytest.raises(ImportError, match="it is not installed"):
        build_store(manifest_of([tmp_path / "absent.wav"]), front_end())

"""Cepstra come from the stored log-mel energies, normalised as the recipe says."""

import keras
import numpy as np
import pytest
import scipy.fft

from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.systems.cepstral_frames import CepstralFrames
from satn_keras.features import Deltas, FrontEnd
from satn_keras.pipelines import read_audio
from tests.experiments.systems import small_hmm


@pytest.fixture(scope="module")
def manifest(small_manifest):
    return Manifest.read(small_manifest).where(speaker={"anna", "bert"})


@pytest.fixture
def frames_of(small_config, manifest, tmp_path):
    def make(**features):
        config = small_hmm.recipe(small_config, {"name": "gmm_hmm"}, features)
        run = RunDirectory.create(tmp_path / "run", config)
        frames = CepstralFrames(config)
        store = frames.store(manifest, run)
        frames.fit(store, run)
        return frames.sequences(store)

    return make


def test_frames_are_transformed_log_mel_energies_and_their_deltas(
    frames_of, small_config, manifest
):
    found = frames_of(normalization="none")
    front_end = FrontEnd(small_config.features)
    for sequence, utterance in zip(found, manifest, strict=True):
        features, _ = front_end.extract(read_audio(utterance.path, 16000)[None])
        log_mel = keras.ops.convert_to_numpy(features)[..., 0]
        static = scipy.fft.dct(log_mel, norm="ortho")[..., :7].astype("float32")
        expected = keras.ops.convert_to_numpy(Deltas(2)(static))[0]
        np.testing.assert_allclose(
            sequence, expected.reshape(len(sequence), 21), atol=1e-3
        )


def test_an_utterance_s_own_mean_and_deviation_are_taken_out(frames_of):
    for sequence in frames_of(normalization="utterance"):
        np.testing.assert_allclose(sequence.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(sequence.std(axis=0), 1, atol=1e-2)


def test_a_speaker_s_mean_and_deviation_are_taken_out(frames_of, manifest):
    sequences = frames_of(normalization="speaker")
    for speaker in manifest.speakers:
        own = np.concatenate(
            [
                s
                for s, u in zip(sequences, manifest, strict=True)
                if u.speaker == speaker
            ]
        )
        np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-3)
        np.testing.assert_allclose(own.std(axis=0), 1, atol=1e-2)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"num_mels": 5}, "`num_coefficients` must be at most `features.num_mels`, 5"),
        ({"mel_scale": "power"}, "Set `features.mel_scale` to log"),
        ({"descriptors": "is09"}, "`features.descriptors` to none"),
    ],
)
def test_features_that_are_no_log_mel_energies_are_refused(
    small_config, features, message
):
    config = small_hmm.recipe(small_config, {"name": "gmm_hmm"}, features)
    with pytest.raises(ConfigError, match=message):
        CepstralFrames(config)

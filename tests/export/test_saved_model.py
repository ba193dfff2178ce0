"""The exported model: what it takes, what it answers, what it is made of."""

import io
import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import soundfile
import tensorflow as tf

from satn_keras.config import ExperimentConfig, FeatureConfig, StudentConfig
from satn_keras.errors import ArtifactError
from satn_keras.export import export_student
from satn_keras.export import saved_model as module
from satn_keras.export.versions import next_version, versions
from satn_keras.features import FrontEnd
from satn_keras.models import build_student
from tests.support.sounds import vowel

CLASSES = ("angry", "happy", "sad")


@pytest.fixture(scope="module")
def served(exported):
    """The small student as a server loads it."""
    return tf.saved_model.load(str(exported / "1"))


def in_memory(student, waveform):
    """Posterior of the trained model, without any export."""
    features, mask = student.front_end(waveform[np.newaxis])
    posterior = student.model({"features": features, "mask": mask}, training=False)
    return keras.ops.convert_to_numpy(posterior)[0]


def answer(served, waveforms, lengths=None):
    """Answer of `serve_lengths` to waveforms, padded with noise, not with zeros."""
    lengths = lengths or [len(waveform) for waveform in waveforms]
    rng = np.random.default_rng(3)
    batch = rng.normal(size=(len(waveforms), max(lengths))).astype("float32")
    for row, waveform in zip(batch, waveforms, strict=True):
        row[: len(waveform)] = waveform
    found = served.signatures["serve_lengths"](
        waveform=tf.constant(batch), lengths=tf.constant(lengths, tf.int32)
    )
    return {name: value.numpy() for name, value in found.items()}


def test_the_signatures_take_waveforms_of_any_length_and_wav_files(served):
    taken = {
        name: {
            key: (spec.dtype, spec.shape.as_list())
            for key, spec in signature.structured_input_signature[1].items()
        }
        for name, signature in served.signatures.items()
    }
    waveform = {"waveform": (tf.float32, [None, None])}
    lengths = {"lengths": (tf.int32, [None])}
    assert taken == {
        "serving_default": waveform,
        "serve_lengths": waveform | lengths,
        "serve_bytes": {"audio_bytes": (tf.string, [None])},
        "features": waveform | lengths,
        "attention": waveform | lengths,
    }


def test_every_signature_names_what_it_gives(served):
    answer = {"probabilities", "label", "score"}
    more = {"attention", "map", "posterior_over_time", "frame_times"}
    assert {
        name: set(signature.structured_outputs)
        for name, signature in served.signatures.items()
    } == {
        "serving_default": answer,
        "serve_lengths": answer,
        "serve_bytes": answer,
        "features": {"features", "mask", "frame_times"},
        "attention": answer | more,
    }


def test_label_and_score_are_those_of_the_largest_probability(served):
    found = answer(served, [vowel(0.3, pitch=170), vowel(0.5, pitch=90)])
    assert found["probabilities"].shape == (2, 3)
    np.testing.assert_allclose(found["probabilities"].sum(axis=1), 1, atol=1e-6)
    best = found["probabilities"].argmax(axis=1)
    assert [name.decode() for name in found["label"]] == [CLASSES[k] for k in best]
    np.testing.assert_array_equal(found["score"], found["probabilities"].max(axis=1))


@pytest.mark.parametrize("seconds", [0.013, 0.31, 0.53, 1.7])
def test_the_exported_model_answers_as_the_model_in_memory(student, served, seconds):
    waveform = vowel(seconds)
    expected = in_memory(student, waveform)
    found = served.signatures["serving_default"](
        waveform=tf.constant(waveform[np.newaxis])
    )
    np.testing.assert_allclose(found["probabilities"][0], expected, rtol=0, atol=1e-5)


def test_a_padded_batch_gives_each_utterance_what_it_gets_alone(student, served):
    waveforms = [vowel(seconds, pitch=150) for seconds in (0.53, 0.31, 0.029, 0.7)]
    together = answer(served, waveforms)["probabilities"]
    for waveform, found in zip(waveforms, together, strict=True):
        alone = in_memory(student, waveform)
        np.testing.assert_allclose(found, alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 399, 400])
def test_an_utterance_too_short_for_a_frame_counts_as_one(served, samples):
    waveform = np.zeros(samples, "float32")
    silence = answer(served, [np.zeros(400, "float32")])["probabilities"][0]
    beside = answer(served, [vowel(0.4), waveform])["probabilities"][1]
    default = served.signatures["serving_default"](
        waveform=tf.constant(waveform[np.newaxis])
    )
    for found in (beside, default["probabilities"][0]):
        np.testing.assert_allclose(found, silence, rtol=0, atol=1e-5)


def test_attention_is_a_share_of_the_true_frames(served):
    waveforms = [vowel(0.5), vowel(0.1)]
    batch = np.zeros((2, 8000), "float32")
    for row, waveform in zip(batch, waveforms, strict=True):
        row[: len(waveform)] = waveform
    lengths = tf.constant([8000, 1600], tf.int32)
    found = served.signatures["attention"](waveform=tf.constant(batch), lengths=lengths)
    # 1 + (8000 - 400) / 160 frames, and 1 + (1600 - 400) / 160, rounded up
    shares = found["attention"].numpy()
    assert shares.shape == (2, 49)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares[1, :9] > 0).all() and (shares[1, 9:] == 0).all()
    plain = served.signatures["serve_lengths"](
        waveform=tf.constant(batch), lengths=lengths
    )
    np.testing.assert_allclose(
        found["probabilities"], plain["probabilities"], rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(
    "options", [{}, {"attention_reach": 7}, {"attention_chunk": 5}], ids=str
)
def test_however_it_attends_the_export_answers_as_the_model(options, tmp_path):
    keras.utils.set_random_seed(4)
    config = StudentConfig(num_levels=2, filters=7, attention_units=5, **options)
    model = build_student(3, config, bands=11, seed=1)
    front_end = FrontEnd(FeatureConfig(num_mels=11, normalization="utterance"))
    path = export_student(model, front_end, CLASSES, tmp_path / "one")
    waveform = vowel(0.6)[np.newaxis]
    features, mask = front_end(waveform)
    view = keras.Model(
        model.input, [model.output, model.get_layer("self_attention").output[1]]
    )
    posterior, weights = view({"features": features, "mask": mask})
    expected = model.get_layer("self_attention").received(weights)
    found = tf.saved_model.load(str(path)).signatures["attention"](
        waveform=tf.constant(waveform), lengths=tf.constant([waveform.size])
    )
    np.testing.assert_allclose(found["probabilities"], posterior, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["attention"], expected, rtol=0, atol=1e-5)


def test_the_map_and_the_posterior_over_time_end_where_the_answer_does(served):
    batch = np.stack([vowel(0.5), np.pad(vowel(0.1), (0, 6400))])
    given = {"waveform": tf.constant(batch), "lengths": tf.constant([8000, 1600])}
    found = served.signatures["attention"](**given)
    rows = found["map"].numpy()
    assert rows.shape == (2, 49, 49)
    np.testing.assert_allclose(rows[1, :9, :9].sum(axis=1), 1, atol=1e-5)
    assert (rows[1, 9:] == 0).all() and (rows[1, :, 9:] == 0).all()
    received = rows.sum(axis=1) / rows.sum(axis=(1, 2))[:, np.newaxis]
    np.testing.assert_allclose(found["attention"], received, rtol=0, atol=1e-6)
    course = found["posterior_over_time"].numpy()
    assert course.shape == (2, 49, 3)
    np.testing.assert_allclose(course.sum(axis=2), 1, atol=1e-5)
    last = course[[0, 1], [48, 8]]
    np.testing.assert_allclose(last, found["probabilities"], rtol=0, atol=1e-5)
    # The middle of a window of 25 ms, every 10 ms
    times = found["frame_times"].numpy()
    np.testing.assert_allclose(times[[0, 48]], [0.0125, 0.4925], atol=1e-6)


def test_wav_files_get_what_their_samples_get(served):
    file = io.BytesIO()
    soundfile.write(file, vowel(0.4), 16000, format="WAV", subtype="PCM_16")
    samples = np.round(vowel(0.4) * 32768)[np.newaxis] / np.float32(32768)
    found = served.signatures["serve_bytes"](audio_bytes=tf.constant([file.getvalue()]))
    expected = served.signatures["serving_default"](waveform=tf.constant(samples))
    np.testing.assert_allclose(
        found["probabilities"], expected["probabilities"], rtol=0, atol=1e-4
    )


def test_features_are_those_of_the_pipeline(student, served):
    given = {"waveform": tf.constant([vowel(0.3)]), "lengths": tf.constant([4800])}
    found = served.signatures["features"](**given)
    features, mask = student.front_end(vowel(0.3)[np.newaxis])
    np.testing.assert_allclose(found["features"], features, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(found["mask"], mask)


def test_tensorflow_alone_serves_it_by_core_operations(student, exported, tmp_path):
    waveforms = [vowel(0.41), vowel(0.23)]
    batch = np.zeros((2, len(waveforms[0])), "float32")
    for row, waveform in zip(batch, waveforms, strict=True):
        row[: len(waveform)] = waveform
    lengths = np.asarray([len(waveform) for waveform in waveforms], "int32")
    np.savez(tmp_path / "in.npz", waveform=batch, lengths=lengths)
    script = pathlib.Path(__file__).parents[1] / "support" / "plain_serving.py"
    words = [exported / "1", tmp_path / "in.npz", tmp_path / "out.npz"]
    done = subprocess.run(
        [sys.executable, "-I", script, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "out.npz")
    for waveform, row in zip(waveforms, found["probabilities"], strict=True):
        np.testing.assert_allclose(row, in_memory(student, waveform), rtol=0, atol=1e-5)
    kinds = set(found["operations"].tolist())
    assert {"RFFT", "Softmax"} <= kinds  # functions were searched too
    assert found["unknown"].tolist() == []
    assert not {kind for kind in kinds if "PyFunc" in kind}


def test_beside_the_model_lie_its_classes_and_recipe(exported, small_config):
    folder = exported / "1" / "assets.extra"
    card = json.loads((folder / "recognizer.json").read_text(encoding="utf-8"))
    assert card == {
        "classes": list(CLASSES),
        "sample_rate": 16000,
        "frame_seconds": 0.01,
    }
    assert ExperimentConfig.from_yaml(folder / "recipe.yaml") == small_config


@pytest.fixture(scope="module")
def untrained():
    """Tiny student, fast to export, and its front end."""
    keras.utils.set_random_seed(2)
    front_end = FrontEnd(FeatureConfig(num_mels=5, normalization="utterance"))
    config = StudentConfig(num_levels=1, filters=3, attention_units=3, attention="soft")
    return build_student(3, config, bands=5), front_end


def test_a_student_with_soft_attention_shows_where_it_attends(untrained, tmp_path):
    path = export_student(*untrained, CLASSES, tmp_path)
    found = tf.saved_model.load(str(path)).signatures["attention"](
        waveform=tf.constant(vowel(0.2)[np.newaxis]), lengths=tf.constant([1600])
    )
    shares = found["attention"].numpy()
    assert shares.shape == (1, 19)
    np.testing.assert_allclose(shares.sum(), 1, atol=1e-5)
    assert (shares[0, 9:] == 0).all()
    assert "map" not in found  # there is none
    last = found["posterior_over_time"].numpy()[:, 8]
    np.testing.assert_allclose(last, found["probabilities"], rtol=0, atol=1e-5)


def lay_out(folder, *names, whole=True):
    for name in names:
        (folder / name).mkdir(parents=True)
        if whole:
            (folder / name / "saved_model.pb").touch()


def test_the_next_version_follows_the_highest_number_whole_or_not(tmp_path):
    assert next_version(tmp_path / "none") == 1
    lay_out(tmp_path, "2", "10", "notes", "007", "-3", "²", ".writing-1")
    assert versions(tmp_path) == [2, 10]
    assert next_version(tmp_path) == 11
    lay_out(tmp_path, "12", whole=False)
    assert versions(tmp_path) == [2, 10]
    assert next_version(tmp_path) == 13


class Archive:
    """Stands for the writing of a graph, which takes seconds."""

    def __init__(self, fails=None):
        self.fails = fails

    def write_out(self, path, verbose):
        os.mkdir(path)
        pathlib.Path(path, "saved_model.pb").touch()
        if self.fails:
            raise self.fails


def test_each_export_is_the_next_version(untrained, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "write_warm_up", lambda *parts: False)
    monkeypatch.setattr(module, "_archive", lambda *parts: Archive())
    paths = [export_student(*untrained, CLASSES, tmp_path / "a" / "b") for _ in "123"]
    assert [path.name for path in paths] == ["1", "2", "3"]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "fault",
    [
        OSError(28, "No space left on device"),
        tf.errors.ResourceExhaustedError(None, None, "No space left on device"),
    ],
)
def test_a_failure_in_the_middle_leaves_nothing_and_is_one_line(
    untrained, tmp_path, monkeypatch, fault
):
    lay_out(tmp_path, "1")
    monkeypatch.setattr(module, "_archive", lambda *parts: Archive(fault))
    with pytest.raises(ArtifactError, match=r"cannot write .* \(.*No space") as caught:
        export_student(*untrained, CLASSES, tmp_path)
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == ["1"]


def test_an_interruption_in_the_middle_leaves_nothing(untrained, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_archive", lambda *parts: Archive(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        export_student(*untrained, CLASSES, tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named(untrained, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match=r"file/name: cannot write"):
        export_student(*untrained, CLASSES, tmp_path / "file" / "name")


def test_the_classes_must_be_as_many_as_the_probabilities(untrained, tmp_path):
    with pytest.raises(ValueError, match=r"must name 3 emotions\. .*\['angry'\]"):
        export_student(*untrained, ["angry"], tmp_path)
    assert os.listdir(tmp_path) == []

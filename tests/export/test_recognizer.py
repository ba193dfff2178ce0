"""The recogniser: waveforms and files in, emotions out."""

import json
import shutil

import keras
import numpy as np
import pytest
import soundfile
import soxr

from satn_keras.errors import ArtifactError, AudioError
from satn_keras.export import Prediction, Recognizer
from tests.support.sounds import vowel

FORMATS = [  # ending, subtype, sample rate, channels
    ("wav", "PCM_16", 16000, 1),
    ("wav", "FLOAT", 8000, 3),
    ("flac", "PCM_24", 48000, 2),
    ("ogg", "VORBIS", 22050, 1),
    ("mp3", "MPEG_LAYER_III", 44100, 2),
]


@pytest.fixture(scope="module")
def recognizer(exported):
    return Recognizer(exported)


def in_memory(student, waveform):
    features, mask = student.front_end(np.float32(waveform)[np.newaxis])
    posterior = student.model({"features": features, "mask": mask}, training=False)
    return keras.ops.convert_to_numpy(posterior)[0]


def probabilities(prediction):
    return np.asarray(list(prediction.probabilities.values()))


def test_it_knows_classes_and_rate_of_the_model(recognizer):
    assert recognizer.classes == ("angry", "happy", "sad")
    assert recognizer.sample_rate == 16000


def test_waveforms_of_any_length_get_what_the_model_in_memory_says(student, recognizer):
    waveforms = [vowel(0.5), np.zeros(0), np.zeros(1), vowel(0.2, pitch=200)]
    found = recognizer.predict(waveforms)
    for waveform, prediction in zip(waveforms, found, strict=True):
        expected = in_memory(student, waveform)
        np.testing.assert_allclose(
            probabilities(prediction), expected, rtol=0, atol=1e-5
        )
        best = int(expected.argmax())
        assert prediction.label == recognizer.classes[best]
        assert prediction.score == prediction.probabilities[prediction.label]


def test_no_waveform_gives_no_prediction(recognizer):
    assert recognizer.predict([]) == []
    assert list(recognizer.predict_files([])) == []


def test_attention_comes_with_the_posterior_for_each_frame(recognizer):
    waveform = vowel(0.53)
    answer = recognizer.attend(waveform)
    (alone,) = recognizer.predict([waveform])
    np.testing.assert_allclose(
        answer["probabilities"], probabilities(alone), rtol=0, atol=1e-5
    )
    assert answer["label"].decode() == alone.label
    assert answer["attention"].shape == (52,)  # 1 + ceil((530 - 25) / 10)
    assert answer["attention"].sum() == pytest.approx(1, abs=1e-4)


def test_attention_to_what_is_no_waveform_is_refused(recognizer):
    with pytest.raises(AudioError, match="waveform 0: must be one-dimensional"):
        recognizer.attend(np.zeros((2, 9)))


@pytest.mark.parametrize(
    ("waveform", "rule"),
    [
        ([0.0, np.nan], "waveform 1: every sample must be a finite number"),
        ([0.0, -1e30], "waveform 1: every sample must be a finite number"),
        ([0.0, np.inf], "waveform 1: every sample must be a finite number"),
        (np.zeros((2, 9)), r"one-dimensional float .* shape=\(2, 9\).* Average"),
        (np.zeros(9, "int16"), "dtype=int16.* divide 16-bit samples by 32768"),
        (0.5, r"shape=\(\)"),
    ],
)
def test_a_waveform_that_breaks_a_rule_is_named_by_its_place(
    recognizer, waveform, rule
):
    with pytest.raises(AudioError, match=rule):
        recognizer.predict([vowel(0.1), waveform])


@pytest.mark.parametrize(("ending", "subtype", "rate", "channels"), FORMATS)
def test_files_of_every_format_rate_and_channel_count_are_recognised(
    student, recognizer, tmp_path, ending, subtype, rate, channels
):
    path = tmp_path / f"sound.{ending}"
    gains = np.linspace(0.5, 1, channels)
    soundfile.write(
        path, vowel(0.4, sample_rate=rate)[:, None] * gains, rate, subtype=subtype
    )
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    expected = soxr.resample(samples.mean(axis=1), rate, 16000, quality="VHQ")
    (found,) = recognizer.predict_files([path])
    assert found.path == str(path)
    np.testing.assert_allclose(
        probabilities(found), in_memory(student, expected), rtol=0, atol=1e-4
    )


def test_many_files_come_in_order_over_several_batches(recognizer, tmp_path):
    paths = [tmp_path / f"{number}.wav" for number in range(5)]
    for number, path in enumerate(paths):
        soundfile.write(path, vowel(0.1 + 0.05 * number), 16000)
    found = list(recognizer.predict_files(map(str, paths)))
    assert [prediction.path for prediction in found] == list(map(str, paths))
    alone = [next(recognizer.predict_files([path])) for path in paths]
    np.testing.assert_allclose(
        [probabilities(each) for each in found],
        [probabilities(each) for each in alone],
        rtol=0,
        atol=1e-5,
    )


def test_a_file_that_cannot_be_read_is_named(recognizer, tmp_path):
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(AudioError, match=r"text\.wav: a sound file must be WAV"):
        list(recognizer.predict_files([tmp_path / "text.wav"]))


def test_a_prediction_fits_into_json():
    prediction = Prediction("sad", 0.75, {"happy": 0.25, "sad": 0.75}, "a.wav")
    assert json.loads(json.dumps(prediction.to_dict())) == {
        "path": "a.wav",
        "label": "sad",
        "score": 0.75,
        "probabilities": {"happy": 0.25, "sad": 0.75},
    }


def test_a_name_stands_for_its_latest_version_and_a_version_for_itself(
    exported, tmp_path
):
    for version in ("2", "10"):
        shutil.copytree(exported / "1", tmp_path / version)
    assert Recognizer(tmp_path).folder == tmp_path / "10"
    assert Recognizer(tmp_path / "2").folder == tmp_path / "2"


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_a_model_is_named_with_the_remedy(tmp_path, name):
    with pytest.raises(ArtifactError, match="no exported model here.*satn export RUN"):
        Recognizer(tmp_path / name)


@pytest.mark.parametrize(
    "part",
    [
        "saved_model.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
        "assets.extra/recognizer.json",
    ],
)
@pytest.mark.parametrize("size", [0, 23])
def test_a_model_of_which_a_part_is_cut_short_is_one_clear_error(
    exported, tmp_path, part, size
):
    shutil.copytree(exported / "1", tmp_path / "1")
    path = tmp_path / "1" / part
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ArtifactError, match="1: not a whole exported model") as caught:
        Recognizer(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_model_of_which_a_part_is_missing_is_one_clear_error(exported, tmp_path):
    shutil.copytree(exported / "1", tmp_path / "1")
    shutil.rmtree(tmp_path / "1" / "variables")
    with pytest.raises(ArtifactError, match="1: not a whole exported model"):
        Recognizer(tmp_path)


def test_a_model_of_another_make_is_one_clear_error(exported, tmp_path):
    shutil.copytree(exported / "1", tmp_path / "1")
    card = tmp_path / "1" / "assets.extra" / "recognizer.json"
    card.write_text('{"names": []}')
    with pytest.raises(ArtifactError, match="'classes'"):
        Recognizer(tmp_path)


def test_a_long_waveform_gets_a_batch_of_its_own(recognizer, monkeypatch):
    sizes = []

    def predict(waveforms):
        sizes.append(len(waveforms))
        return [Prediction("sad", 1.0, {}) for _ in waveforms]

    monkeypatch.setattr(recognizer, "predict", predict)
    short, long = np.zeros(16000), np.zeros(16000 * 60)
    named = [("a", short)] * 9 + [("b", long), ("c", short)]
    assert [each.path for each in recognizer.predict_named(named)] == [*"aaaaaaaaabc"]
    assert sizes == [8, 1, 1, 1]

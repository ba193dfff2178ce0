"""Pictures of attention, for every kind of student."""

from importlib.util import find_spec

import keras
import numpy as np
import pytest

from satn_keras.config import (
    ExperimentConfig,
    FeatureConfig,
    StudentConfig,
    TeacherConfig,
    TransferConfig,
)
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError
from satn_keras.experiments import pictures
from satn_keras.experiments.pictures import compared_maps, picture_attention
from satn_keras.experiments.students import Student
from satn_keras.experiments.teachers import Teacher
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.models import build_student, build_teacher
from satn_keras.phonemes import TokenInventory

SIZES = {"num_levels": 2, "filters": 7, "attention_units": 5}
INVENTORY = TokenInventory.of(["a", "b"])


def front_end(num_mels=11, **changes):
    return FrontEnd(FeatureConfig(num_mels=num_mels, normalization="none", **changes))


def a_student(heard=None, transfer=None, **sizes):
    """Untrained student of three emotions."""
    keras.utils.set_random_seed(5)
    heard = heard or front_end()
    config = StudentConfig(**{**SIZES, **sizes})
    model = build_student(3, config, bands=heard.num_bands, channels=heard.num_channels)
    recipe = ExperimentConfig(
        features=heard.config,
        student=config,
        transfer=TransferConfig(**(transfer or {})),
    )
    return Student(model, ("angry", "happy", "sad"), heard, recipe)


def a_teacher(heard=None, **sizes):
    """Untrained teacher of two phones."""
    keras.utils.set_random_seed(6)
    heard = heard or front_end()
    own = {"decoder_units": 6, "embedding_units": 3, "alignment_units": 4}
    config = TeacherConfig(**{**SIZES, "max_target_length": 5, **own, **sizes})
    sizes = {"bands": heard.num_bands, "channels": heard.num_channels}
    model = build_teacher(len(INVENTORY), config, **sizes)
    recipe = ExperimentConfig(features=heard.config, teacher=config)
    return Teacher(model, INVENTORY, heard, recipe)


@pytest.fixture
def utterance(small_manifest):
    return Manifest.read(small_manifest)[0]


@pytest.fixture
def shown(monkeypatch):
    """What was handed to the drawing, which still takes place."""
    given = {}
    draw = pictures.plot_attention

    def keep(spectrogram, student, path, **values):
        given.update(values, spectrogram=spectrogram, student=student)
        return draw(spectrogram, student, path, **values)

    monkeypatch.setattr(pictures, "plot_attention", keep)
    return given


def output_of(student, layer, index, waveform):
    """Second or first output of a layer, by a model of its own."""
    features, mask = student.front_end(waveform[np.newaxis])
    tensor = student.model.get_layer(layer).output
    model = keras.Model(student.model.input, tensor[index])
    answer = model({"features": features, "mask": mask}, training=False)
    return keras.ops.convert_to_numpy(answer)[0]


ALPHA, MAP = "attention_pooling:map", "self_attention:map"
SOFT, BLSTM = {"attention": "soft"}, {"encoder": "blstm"}


@pytest.mark.parametrize(
    ("sizes", "transfer", "has_teacher", "expected"),
    [
        ({}, {}, True, ("activation", "self_attention", "self_attention")),
        ({}, {}, False, ("activation", "self_attention", "self_attention")),
        ({}, {"map": "attention"}, True, ("attention", MAP, MAP)),
        (SOFT, {}, True, ("activation", "level_2", "level_2")),
        (SOFT, {}, False, ("attention", ALPHA, MAP)),
        (SOFT, {"map": "attention"}, True, ("attention", ALPHA, MAP)),
        (BLSTM, {}, True, ("activation", "self_attention", "self_attention")),
        ({**BLSTM, **SOFT}, {}, True, ("activation", "level_1", "level_1")),
        (
            {},
            {"pairs": (("level_2", "level_2"), ("level_1", "level_2"))},
            True,
            ("activation", "level_1", "level_2"),
        ),
    ],
)
def test_the_map_that_was_compared_is_shown(sizes, transfer, has_teacher, expected):
    student = a_student(transfer=transfer, **sizes)
    assert compared_maps(student, a_teacher() if has_teacher else None) == expected


@pytest.mark.parametrize(
    ("sizes", "map", "has_teacher"),
    [
        ({}, "activation", True),
        ({}, "attention", True),
        (BLSTM, "attention", False),
        (SOFT, "attention", True),
        ({**BLSTM, **SOFT}, "activation", True),
        ({**BLSTM, **SOFT}, "activation", False),
    ],
)
def test_every_student_is_drawn_with_and_without_a_teacher(
    utterance, tmp_path, shown, sizes, map, has_teacher
):
    student = a_student(transfer={"map": map}, **sizes)
    teacher = a_teacher(**BLSTM) if has_teacher else None
    path = picture_attention(student, utterance, tmp_path / "a.png", teacher)
    assert path.read_bytes().startswith(b"\x89PNG")
    frames = len(shown["spectrogram"])
    square = map == "attention" and not sizes.get("attention")
    assert shown["student"].shape == ((frames, frames) if square else (frames,))
    assert shown["student"].sum() == pytest.approx(1, rel=1e-4)
    if has_teacher:
        assert shown["teacher"].shape == shown["student"].shape
        assert shown["teacher"].sum() == pytest.approx(1, rel=1e-4)
    else:
        assert shown["teacher"] is None
    assert shown["posterior"].shape == (len(shown["posterior_seconds"]), 3)
    heard = student.classes[shown["posterior"][-1].argmax()]
    assert shown["title"].endswith(f"heard as {heard}")


def test_a_band_is_drawn_as_the_map_that_it_is_part_of(utterance, tmp_path, shown):
    student = a_student(transfer={"map": "attention", "weight": 0}, attention_reach=9)
    picture_attention(student, utterance, tmp_path / "a.png")
    frames = len(shown["spectrogram"])
    query, key = np.indices((frames, frames))
    assert shown["student"].shape == (frames, frames)
    assert (shown["student"][abs(query - key) > 9] == 0).all()
    assert np.abs(query - key)[shown["student"] > 0].max() == 9
    np.testing.assert_allclose(shown["student"].sum(axis=1), 1 / frames, rtol=1e-4)


def test_a_band_too_long_to_draw_is_shown_as_what_each_frame_received(
    utterance, tmp_path, shown, monkeypatch
):
    student = a_student(transfer={"map": "attention", "weight": 0}, attention_reach=9)
    picture_attention(student, utterance, tmp_path / "a.png")
    columns = shown["student"].sum(axis=0)
    monkeypatch.setattr(pictures, "MOST_FRAMES", 10)
    picture_attention(student, utterance, tmp_path / "b.png")
    np.testing.assert_allclose(shown["student"], columns, rtol=1e-4, atol=1e-7)


def test_attention_in_chunks_is_shown_as_what_each_frame_received(
    utterance, tmp_path, shown
):
    student = a_student(transfer={"map": "attention", "weight": 0}, attention_chunk=7)
    picture_attention(student, utterance, tmp_path / "a.png", a_teacher())
    waveform = pictures.read_audio(utterance.path, 16000)
    received = output_of(student, "self_attention", 1, waveform)[0]  # its one head
    np.testing.assert_allclose(shown["student"], received / received.sum(), rtol=1e-4)
    assert shown["teacher"].shape == shown["student"].shape


def test_the_softmax_map_is_that_of_the_layer_shared_among_its_rows(
    utterance, tmp_path, shown
):
    student = a_student(transfer={"map": "attention"})
    picture_attention(student, utterance, tmp_path / "a.png")
    waveform = pictures.read_audio(utterance.path, 16000)
    expected = output_of(student, "self_attention", 1, waveform)[0]  # its one head
    np.testing.assert_allclose(shown["student"], expected / len(expected), atol=1e-9)


def test_alpha_is_that_of_the_layer(utterance, tmp_path, shown):
    student = a_student(attention="soft")
    picture_attention(student, utterance, tmp_path / "a.png")
    waveform = pictures.read_audio(utterance.path, 16000)
    expected = output_of(student, "attention_pooling", 1, waveform)
    np.testing.assert_allclose(shown["student"], expected.ravel(), rtol=1e-4)


def test_the_activation_is_summed_in_the_recipe_s_power(utterance, tmp_path, shown):
    student = a_student(transfer={"power": 3.0})
    picture_attention(student, utterance, tmp_path / "a.png")
    waveform = pictures.read_audio(utterance.path, 16000)
    context = output_of(student, "self_attention", 0, waveform)
    expected = (np.abs(context) ** 3).sum(axis=-1)
    np.testing.assert_allclose(
        shown["student"], expected / expected.sum(), rtol=1e-3, atol=1e-7
    )


def test_a_teacher_of_other_features_hears_by_its_own_front_end(
    utterance, tmp_path, shown
):
    other = front_end(num_mels=7, hop_seconds=0.02)
    picture_attention(a_student(), utterance, tmp_path / "a.png", a_teacher(other))
    frames = len(shown["student"])
    assert len(shown["teacher"]) == pytest.approx(frames / 2, abs=1)
    assert shown["hop_seconds"] == 0.01


@pytest.mark.skipif(not find_spec("opensmile"), reason="opensmile is not installed")
def test_a_student_of_descriptors_is_shown_below_a_log_mel_spectrogram(
    utterance, tmp_path, shown
):
    config = FeatureConfig(num_mels=13, descriptors="is09", normalization="none")
    student = a_student(DescriptorFrontEnd(config))
    picture_attention(student, utterance, tmp_path / "a.png")
    assert shown["spectrogram"].shape == (len(shown["student"]), 13)
    assert np.ptp(shown["spectrogram"]) <= 8 * np.log(10) + 1e-3  # 80 dB


def test_a_student_of_normalised_prosody_is_shown_below_a_log_mel_spectrogram(
    utterance, tmp_path, shown
):
    heard = FrontEnd(
        FeatureConfig(
            num_mels=13,
            streams=("prosody",),
            derivatives=0,
            normalization="speaker",
            limit=5.0,
            unvoiced="mean",
        )
    )
    picture_attention(a_student(heard), utterance, tmp_path / "a.png", a_teacher(heard))
    assert shown["spectrogram"].shape == (len(shown["student"]), 13)
    assert shown["teacher"].sum() == pytest.approx(1, rel=1e-4)


def test_a_network_without_attention_is_refused_by_name(utterance, tmp_path):
    student = a_student()
    features = keras.Input((None, 11, 3), name="features")
    mask = keras.Input((None,), dtype="bool", name="mask")
    posterior = keras.layers.Dense(3)(keras.ops.mean(features, axis=(1, 3)))
    model = keras.Model({"features": features, "mask": mask}, posterior)
    plain = Student(model, student.classes, student.front_end, student.config)
    with pytest.raises(ConfigError, match="system satn: no attention to show"):
        picture_attention(plain, utterance, tmp_path / "a.png")

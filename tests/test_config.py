"""Recipes: what they hold, and what is said of a faulty one."""

import re

import pytest

from satn_keras.config import (
    DataConfig,
    EncoderConfig,
    ExperimentConfig,
    FeatureConfig,
    StudentConfig,
    TransferConfig,
)
from satn_keras.errors import ConfigError


@pytest.fixture
def recipe(tmp_path):
    def write(text):
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


FAR_FROM_DEFAULT = ExperimentConfig(
    seed=17,
    data=DataConfig(
        emotions="żółw/emotions.jsonl",
        classes=("angry", "no", "sad"),
        test_speakers=("03", "1e5"),
        validation_speakers=2,
    ),
    features=FeatureConfig(high_frequency=7600.5, window="hann", num_mels=41),
    student=StudentConfig(attention="soft", filters=13),
    transfer=TransferConfig(weight=1e-5, pairs=(("level_1", "level_2"), ("z", "z"))),
)


@pytest.mark.parametrize("config", [ExperimentConfig(), FAR_FROM_DEFAULT])
def test_a_config_written_as_yaml_reads_back_equal(recipe, config):
    assert ExperimentConfig.from_yaml(recipe(config.to_yaml())) == config


def test_an_empty_recipe_is_the_published_setting(recipe):
    config = ExperimentConfig.from_yaml(recipe(""))
    assert config.teacher.dilation_rates == (1, 2, 4, 8, 16)
    assert config.teacher.decoder_units == 256
    assert config.student.dilation_rates == (1, 2, 4)
    assert config.student_training.epochs == 100
    assert config.student_training.learning_rate == 1e-4
    assert (config.features.window_length, config.features.hop_length) == (400, 160)
    assert config.features.num_mels == 40


def test_the_seed_stands_first_in_a_written_recipe():
    assert ExperimentConfig().to_yaml().startswith("seed: 1\n")


def test_a_key_left_out_keeps_its_default_beside_a_key_given(recipe):
    config = ExperimentConfig.from_yaml(recipe("student:\n  filters: 13\n"))
    assert (config.student.filters, config.student.kernel_size) == (13, 3)


def test_overrides_change_the_file_and_the_last_one_wins(recipe):
    path = recipe("seed: 3\ntransfer:\n  weight: 2\n  power: 4\n")
    config = ExperimentConfig.from_yaml(
        path,
        [
            "transfer.weight=0.1",
            "seed=5",
            "seed=7",
            "data.test_speakers=['03', '08']",
            "student_training.patience=",
        ],
    )
    assert config.seed == 7
    assert (config.transfer.weight, config.transfer.power) == (0.1, 4.0)
    assert config.data.test_speakers == ("03", "08")
    assert config.student_training.patience is None


def test_an_exponent_without_a_point_is_still_a_number(recipe):
    # YAML 1.1 reads 1e-4 as text, which writers of recipes don't expect.
    path = recipe("student_training: {learning_rate: 1e-4}")
    assert ExperimentConfig.from_yaml(path).student_training.learning_rate == 0.0001


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sed: 1", "unknown key 'sed'. Did you mean 'seed'?"),
        (
            "student_training: {augmentation: {speed: [1]}}",
            "unknown key 'student_training.augmentation.speed'. Did you mean 'speeds'?",
        ),
        (
            "phonemes: {zzz: 1}",
            "unknown key 'phonemes.zzz'. Known: lexicon, language.",
        ),
        (
            "transfer: {weight: -1}",
            "key 'transfer.weight': Input should be greater than or equal to 0. "
            "Received: -1.",
        ),
        (
            "transfer: {weight: .nan}",
            "key 'transfer.weight': Input should be a finite number. Received: nan.",
        ),
        (
            "features: {window: kaiser}",
            "key 'features.window': Input should be 'rectangular', 'hamming' or "
            "'hann'. Received: 'kaiser'.",
        ),
        (
            "student_training: {augmentation: {speeds: [1, 3]}}",
            "key 'student_training.augmentation.speeds.1': "
            "Input should be less than 2. Received: 3.",
        ),
        (
            "teacher_training: {augmentation: {pitches: [-2, 13]}}",
            "key 'teacher_training.augmentation.pitches.1': "
            "Input should be less than or equal to 12. Received: 13.",
        ),
        (
            "student_training: {augmentation: {noises: {brown: [10]}}}",
            "unknown key 'student_training.augmentation.noises.brown'. Known: white, "
            "pink, speech, babble.",
        ),
        (
            "student_training: {augmentation: {reverberations: [0]}}",
            "key 'student_training.augmentation.reverberations.0': "
            "Input should be greater than or equal to 0.05. Received: 0.",
        ),
        (
            "student: [1]",
            "key 'student': Input should map keys to values. Received: [1].",
        ),
        (
            "student:",
            "key 'student': Input should map keys to values. Received: None.",
        ),
        (
            "data: {classes: angry}",
            "key 'data.classes': Input should be a list; or Input should name a class "
            "set, such as common-4. Received: 'angry'.",
        ),
        (
            "data: {test_speakers: [3]}",
            "key 'data.test_speakers.0': Input should be a valid string. Received: 3.",
        ),
        (
            "data: {test_speakers: '03'}",
            "key 'data.test_speakers': Input should be a list; or "
            "Input should be a valid integer. Received: '03'.",
        ),
        (
            "data: {test_speakers: -2}",
            "key 'data.test_speakers': Input should be a list; or "
            "Input should be greater than or equal to 0. Received: -2.",
        ),
        (
            "data: {emotions: [..]}",
            "key 'data.emotions': Input should be a valid string. Received: ['..'].",
        ),
        (
            "features: {fft_length: 128}",
            "key 'features': `fft_length` must hold one window of 400 samples.",
        ),
        (
            "features: {low_frequency: 9000}",
            "key 'features': `low_frequency` < `high_frequency` <= half the sample "
            "rate must hold.",
        ),
        (
            "teacher: {attention_heads: 3}",
            "key 'teacher': `attention_heads` must divide `attention_units`.",
        ),
        (
            "teacher: {attention_reach: 0}",
            "key 'teacher.attention_reach': Input should be greater than or equal to "
            "1. Received: 0.",
        ),
        (
            "student: {attention_reach: 5, attention_chunk: 7}",
            "key 'student': `attention_reach` already bounds the memory: give it or "
            "`attention_chunk`, not both.",
        ),
        (
            "student: {attention_reach: 5}\ntransfer: {map: attention}",
            "`transfer.map` attention compares weights of each pair of frames, which "
            "`student.attention_reach` and `student.attention_chunk` do not keep: "
            "choose `transfer.map` activation, or neither of the two.",
        ),
        ("1: 2", "key '1': Keys should be strings. Received: 1."),
        ("- seed", "a recipe must map keys to values. Received: list."),
        (
            "seed: 1\nseed: 2",
            "not valid YAML (key 'seed' stands twice in \"<unicode string>\", "
            "line 2, column 1: seed: 2 ^).",
        ),
    ],
)
def test_a_fault_is_one_line_that_names_file_key_and_rule(recipe, text, message):
    path = recipe(text)
    with pytest.raises(ConfigError) as caught:
        ExperimentConfig.from_yaml(path)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("text", ["seed: [1", "a: b: c", "\tseed: 1", "? [a]\n: 2"])
def test_text_that_is_not_yaml_is_refused_in_one_line_with_its_place(recipe, text):
    path = recipe(text)
    with pytest.raises(ConfigError) as caught:
        ExperimentConfig.from_yaml(path)
    assert re.fullmatch(
        rf"{re.escape(str(path))}: not valid YAML \(.+ line \d.*\)\.",
        str(caught.value),
    )


def test_a_missing_recipe_is_named_with_where_to_start(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: no such recipe\. Check"):
        ExperimentConfig.from_yaml(tmp_path / "nowhere.yaml")


def test_a_folder_or_a_sound_file_is_no_recipe(tmp_path):
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"RIFF\xff\xfe\x00")
    for path in (tmp_path, sound):
        with pytest.raises(ConfigError) as caught:
            ExperimentConfig.from_yaml(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: a recipe must be a readable text file (")
        assert "\n" not in message


@pytest.mark.parametrize("override", ["seed", "=1", "transfer..weight=1", "."])
def test_an_override_of_another_form_is_refused(recipe, override):
    with pytest.raises(ConfigError) as caught:
        ExperimentConfig.from_yaml(recipe(""), [override])
    assert str(caught.value) == (
        f"{override!r}: an override must have the form key=value, "
        "for example transfer.weight=0.1."
    )


def test_an_override_whose_value_is_not_yaml_says_to_quote_it(recipe):
    with pytest.raises(ConfigError, match=r"^'seed=\[': .* Quote it\.$"):
        ExperimentConfig.from_yaml(recipe(""), ["seed=["])


def test_a_misspelt_override_is_named_like_a_misspelt_key(recipe):
    with pytest.raises(ConfigError, match=r"key 'transfer\.wait'.* 'weight'\?$"):
        ExperimentConfig.from_yaml(recipe(""), ["transfer.wait=1"])


@pytest.mark.parametrize(
    "text",
    [
        "student: {attention_chunk: 5}\ntransfer: {map: attention, weight: 0}",
        "student: {attention: soft, attention_reach: 5}\ntransfer: {map: attention}",
        "student: {attention_reach: 5}",
    ],
)
def test_a_student_without_a_whole_map_may_compare_anything_else(recipe, text):
    student = ExperimentConfig.from_yaml(recipe(text)).student
    assert not student.keeps_attention_map


def test_a_config_cannot_be_changed_once_made():
    with pytest.raises(ValueError, match="frozen"):
        EncoderConfig().filters = 3

"""The section `protocol`: a key without effect is refused."""

import pytest
from pydantic import ValidationError

from satn_keras.config import ExperimentConfig, ProtocolConfig
from satn_keras.errors import ConfigError

ALL_FOLDS = (
    "leave_one_speaker_out",
    "leave_one_session_out",
    "speaker_folds",
    "speaker_sentence_folds",
    "published",
)
# Key, a value that is not its default, and the folds on which it has an effect.
EFFECTS = (
    (
        "validation_speakers",
        2,
        ("leave_one_speaker_out", "speaker_folds", "speaker_sentence_folds")
        + ("published",),
    ),
    ("num_folds", 3, ("speaker_folds", "speaker_sentence_folds")),
    ("sentence_groups", 4, ("speaker_sentence_folds",)),
    ("directions", "one", ("leave_one_session_out",)),
    ("file", "folds.csv", ("published",)),
    ("shared_speakers", "allow", ("published",)),
    ("unlisted", "leave_out", ("published",)),
)


@pytest.mark.parametrize("folds", ALL_FOLDS)
@pytest.mark.parametrize(("key", "value", "owners"), EFFECTS)
def test_a_key_is_taken_where_it_has_an_effect_and_refused_elsewhere(
    folds, key, value, owners
):
    needed = {"file": "folds.csv"} if folds == "published" else {}
    settings = {"folds": folds} | needed | {key: value}
    if folds in owners:
        assert getattr(ProtocolConfig(**settings), key) == value
        return
    with pytest.raises(ValidationError, match=f"`{key}` has no effect on {folds}"):
        ProtocolConfig(**settings)


def test_published_folds_need_a_file():
    with pytest.raises(ValidationError, match="read from a file"):
        ProtocolConfig(folds="published")


def test_a_gender_is_chosen_for_one_direction_only():
    sessions = {"folds": "leave_one_session_out", "test_gender": "female"}
    with pytest.raises(ValidationError, match="`test_gender` has no effect where both"):
        ProtocolConfig(**sessions)
    assert ProtocolConfig(**sessions, directions="one").test_gender == "female"


@pytest.mark.parametrize(
    ("key", "value"), [("num_folds", 1), ("sentence_groups", 2), ("folds", "random")]
)
def test_a_value_out_of_range_is_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        ProtocolConfig(**{"folds": "speaker_sentence_folds", key: value})


@pytest.mark.parametrize("folds", ALL_FOLDS)
def test_a_recipe_with_every_default_spelled_out_reads_back(folds, tmp_path):
    file = {"file": "folds.csv"} if folds == "published" else {}
    config = ExperimentConfig(protocol=ProtocolConfig(folds=folds, **file))
    path = tmp_path / "recipe.yaml"
    path.write_text(config.to_yaml(), encoding="utf-8")
    assert ExperimentConfig.from_yaml(path) == config


def test_a_recipe_s_key_without_effect_is_named_in_one_line(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("protocol: {num_folds: 7}", encoding="utf-8")
    with pytest.raises(ConfigError, match="`num_folds` has no effect on") as error:
        ExperimentConfig.from_yaml(path)
    assert "\n" not in str(error.value)

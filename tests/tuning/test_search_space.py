"""Which keys a search may change, and the recipes that its points become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.config import ExperimentConfig
from satn_keras.errors import ConfigError
from satn_keras.tuning.search_space import SearchSpace

SATN = ExperimentConfig()
EVERY_KEY = (
    "transfer.weight",
    "transfer.map",
    "transfer.power",
    "transfer.pairs",
    "student_training.learning_rate",
    "student_training.augmentation",
    "student.filters",
    "student.num_levels",
    "student.dropout",
)


def system(name):
    return ExperimentConfig.model_validate({"system": {"name": name}})


def space_of(*words, config=SATN, path=None):
    return SearchSpace.of(config, words, path)


def test_the_weight_alone_is_searched_where_nothing_is_said():
    (dimension,) = space_of().dimensions
    assert dimension.key == "transfer.weight"
    assert dimension.values[0] == 0
    assert (dimension.values[1], dimension.values[-1]) == (0.01, 10.0)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("functionals_svm", "system.c"),
        ("gmm_hmm", "system.num_mixtures"),
        ("attention_rnn", "student_training.learning_rate"),
        ("dnn_elm", "student_training.learning_rate"),
    ],
)
def test_a_baseline_has_a_first_key_of_its_own(name, key):
    space = space_of(config=system(name))
    assert [each.key for each in space.searched] == [key]
    assert not space.needs_teacher


@pytest.mark.parametrize("key", EVERY_KEY)
def test_a_known_key_needs_no_values(key):
    (dimension,) = space_of(key).searched
    assert dimension.key == key


def test_a_single_value_fixes_its_key():
    space = space_of("student.dropout=0.3", "transfer.weight=0,1")
    assert [each.key for each in space.searched] == ["transfer.weight"]
    assert space.apply({"transfer.weight": 1}).student.dropout == 0.3


def test_a_file_names_keys_as_a_recipe_does_and_the_command_line_comes_before_it(
    tmp_path,
):
    path = tmp_path / "space.yaml"
    path.write_text(
        "transfer:\n"
        "  weight: [0, 0.1..1:log:2]\n"
        "  map:\n"
        "student: {filters: [64, 128], dropout: 0.1}\n"
    )
    space = space_of("student.filters=32", path=path)
    assert {each.key: each.values for each in space.dimensions} == {
        "transfer.weight": (0, 0.1, 1.0),
        "transfer.map": ("activation", "attention"),
        "student.filters": (32,),
        "student.dropout": (0.1,),
    }


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("seed=1,2", "nothing that decides whom it hears"),
        ("data.test_speakers=1,2", "nothing that decides whom it hears"),
        ("transfer.wieght=1,2", "unknown key 'wieght'. Did you mean 'weight'"),
        ("transfer", "name a key of the section"),
        ("student.kernel_size", "say which values to try"),
        ("student.dropout=0.1,1.5", r"student.dropout=1.5: .* less than 1"),
        ("student.filters=64.5,2", "valid integer"),
        ("transfer.map=attention,maps", "transfer.map=maps: .*'activation'"),
        ("system.units=1,2", "unknown key 'units'"),
    ],
)
def test_a_key_or_value_that_does_not_fit_is_named(word, told):
    with pytest.raises(ConfigError, match=told):
        space_of(word)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("gmm_hmm", "transfer.weight=0,1"),
        ("attention_rnn", "student.filters=8,16"),
        ("functionals_svm", "student_training.learning_rate=0.1,0.2"),
    ],
)
def test_a_key_that_a_system_does_not_read_is_refused(name, word):
    with pytest.raises(ConfigError, match=f"system {name} reads nothing of"):
        space_of(word, config=system(name))


def test_any_key_of_a_system_can_be_searched():
    space = space_of("system.elm.units=20,40", config=system("dnn_elm"))
    assert space.apply({"system.elm.units": 40}).system.elm.units == 40


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("all", None),
        ("levels", (("level_1", "level_1"), ("level_2", "level_2"))),
        ("last", (("level_2", "level_2"),)),
        ("context", (("self_attention", "self_attention"),)),
    ],
)
def test_pairs_by_name_follow_the_student_s_levels(name, pairs):
    space = space_of("transfer.pairs", "student.num_levels=2,4")
    point = {"transfer.pairs": name, "student.num_levels": 2}
    assert space.apply(point).transfer.pairs == pairs


def test_pairs_can_be_written_out():
    space = space_of("transfer.pairs=all,[[level_1, level_3]]")
    written = space.dimensions[0].values[1]
    assert space.apply({"transfer.pairs": written}).transfer.pairs == (
        ("level_1", "level_3"),
    )


def test_augmentation_by_name_sets_speeds_and_masks():
    space = space_of("student_training.augmentation")
    settings = {
        name: space.apply({"student_training.augmentation": name})
        for name in ("none", "speeds", "masks", "both")
    }
    told = {
        name: (
            bool(each.student_training.augmentation.speeds),
            bool(each.student_training.augmentation.time_masks),
        )
        for name, each in settings.items()
    }
    assert told == {
        "none": (False, False),
        "speeds": (True, False),
        "masks": (False, True),
        "both": (True, True),
    }


@pytest.mark.parametrize(
    ("words", "weight", "needed"),
    [
        (["transfer.weight=0,1"], 0.0, True),
        (["student.dropout"], 1.0, True),
        (["student.dropout"], 0.0, False),
        (["student.dropout", "transfer.weight=0"], 1.0, False),
    ],
)
def test_a_teacher_is_needed_where_a_point_copies(words, weight, needed):
    config = ExperimentConfig.model_validate({"transfer": {"weight": weight}})
    assert space_of(*words, config=config).needs_teacher is needed


@given(data=st.data())
def test_a_point_sets_its_keys_and_nothing_else(data):
    space = space_of("transfer.weight", "transfer.power", "student.filters")
    point = {
        each.key: data.draw(st.sampled_from(each.values)) for each in space.searched
    }
    config = space.apply(point)
    found = {
        "transfer.weight": config.transfer.weight,
        "transfer.power": config.transfer.power,
        "student.filters": config.student.filters,
    }
    assert found == point
    restored = space.apply(
        {
            "transfer.weight": SATN.transfer.weight,
            "transfer.power": SATN.transfer.power,
            "student.filters": SATN.student.filters,
        }
    )
    assert restored == SATN

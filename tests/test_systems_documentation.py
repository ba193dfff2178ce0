"""What docs/systems.md says of each system, held against builders and recipes."""

import pathlib
import re
import typing

import numpy as np
import pytest

from satn_keras.config import ExperimentConfig, SystemConfig
from satn_keras.features import DESCRIPTOR_NAMES
from satn_keras.features.descriptor_names import DESCRIPTOR_CHANNELS
from satn_keras.models import (
    NETWORKS,
    ExtremeLearningMachine,
    build_network,
    build_segment_network,
    build_sequence_network,
    build_student,
    build_teacher,
)
from satn_keras.models.baselines.dnn_hmm import build_state_network
from satn_keras.models.baselines.functionals_svm import FunctionalsSVM
from satn_keras.models.baselines.gmm_hmm import GmmHmmClassifier
from satn_keras.phonemes import make_lexicon

ROOT = pathlib.Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")
RECIPES = ROOT / "satn_keras" / "experiments" / "recipes"
CLASSES = 4
NAMES = [
    typing.get_args(member.model_fields["name"].annotation)[0]
    for member in typing.get_args(typing.get_args(SystemConfig)[0])
]


def table(heading):
    """Cells of each row of the first table below the heading."""
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    text = next(each for each in section if each.startswith(heading + "\n"))
    first = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE).group()
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in first.split("\n")
    ]
    return [row for row in rows[2:] if row]


ROWS = table("Parameters")


def config_of(row):
    _, recipe, changes, *_ = row
    name = re.match(r"\[([\w-]+)\]", recipe).group(1)
    return ExperimentConfig.from_yaml(
        RECIPES / f"{name}.yaml", changes.strip("`").split()
    )


def frame_sizes(config):
    """Bands and channels of the recipe's features."""
    features = config.features
    if features.descriptors == "none":
        return {"bands": features.num_mels, "channels": 3}
    names = DESCRIPTOR_NAMES[features.descriptors]
    return {
        "bands": len(names),
        "channels": DESCRIPTOR_CHANNELS[features.descriptors],
    }


def network(config):
    """The recipe's network, or None where the system has none."""
    system, sizes = config.system, frame_sizes(config)
    if system.name in NETWORKS:
        return build_network(system, CLASSES, **sizes)
    if system.name == "satn":
        return build_student(CLASSES, config.student, bands=sizes["bands"])
    if system.name == "dnn_elm":
        return build_segment_network(CLASSES, system, **sizes)
    if system.name == "rnn_elm":
        return build_sequence_network(CLASSES, system, **sizes)
    if system.name == "dnn_hmm":
        return build_state_network(CLASSES * system.num_states, system)
    return None


def number(cell):
    return int(cell.replace(",", "")) if cell else None


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "teacher" not in row[0]], ids=lambda row: row[0]
)
def test_a_network_has_the_printed_number_of_parameters(row):
    model = network(config_of(row))
    assert number(row[3]) == (None if model is None else model.count_params())


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "teacher" in row[0]], ids=lambda row: row[0]
)
def test_a_teacher_has_the_printed_number_of_parameters(row):
    config = config_of(row)
    tokens = len(make_lexicon(config.phonemes).inventory([]))
    assert f"{tokens} tokens" in row[0]
    teacher = build_teacher(tokens, config.teacher, config.features.num_mels)
    assert number(row[3]) == teacher.count_params()


def besides(name, utterances=None):
    """Cell of the last column, with a number in the place of N or S."""
    cell = next(row[-1] for row in ROWS if row[0] == name).replace(",", "")
    terms = cell.removesuffix(" at most").split(" + ")
    factors = [term.split() for term in terms]
    return sum(int(each[0]) * (utterances if each[1:] else 1) for each in factors)


@pytest.mark.parametrize(("name", "utterances"), [("dnn_elm", 23), ("rnn_elm", 23)])
def test_a_learning_machine_has_the_printed_number_of_parameters(name, utterances):
    row = next(row for row in ROWS if row[0] == f"`{name}`")
    rng = np.random.default_rng(1)
    machine = ExtremeLearningMachine(**config_of(row).system.elm.model_dump())
    statistics = rng.random((utterances, 4 * CLASSES))
    machine.fit(statistics, rng.integers(0, CLASSES, utterances), CLASSES)
    assert besides(f"`{name}`", utterances) == machine.num_parameters


def test_hidden_markov_models_have_the_printed_number_of_parameters():
    # A state's stay (the last one's is sure), free weights, means and variances.
    states, mixtures, values = 5, 8, 39
    of_a_class = (states - 1) + states * (mixtures - 1) + 2 * states * mixtures * values
    assert besides("`gmm_hmm`") == CLASSES * of_a_class
    shape = (CLASSES, states, mixtures)
    classifier = GmmHmmClassifier.from_arrays(
        {
            "start": np.ones((CLASSES, states)),
            "transitions": np.ones((CLASSES, states, states)),
            "weights": np.ones(shape),
            "means": np.ones((*shape, values)),
            "variances": np.ones((*shape, values)),
        }
    )
    assert besides("`gmm_hmm`") == classifier.num_parameters
    assert besides("`dnn_hmm`") == CLASSES * states - 1 + CLASSES * (states - 1)


@pytest.mark.parametrize(
    ("name", "values"),
    [("`functionals_svm` eGeMAPS", 88), ("`functionals_svm` ComParE", 6373)],
)
def test_a_support_vector_machine_has_the_printed_number_of_parameters(name, values):
    rng = np.random.default_rng(1)
    machine = FunctionalsSVM().fit(
        rng.random((12, values)), np.arange(12) % CLASSES, ["a"] * 12, CLASSES
    )
    support = len(machine.machine.support_)
    assert besides(name, support) == machine.num_parameters


def test_every_system_has_a_section_and_a_row_of_parameters():
    sections = re.findall(r"^## `(\w+)`$", PAGE, re.MULTILINE)
    assert sections == NAMES
    assert {row[0].split()[0].strip("`") for row in ROWS} == {*NAMES, "its"}


def test_every_row_s_recipe_is_of_its_system():
    for row in ROWS:
        if "teacher" not in row[0]:
            assert config_of(row).system.name == row[0].split()[0].strip("`")


def test_the_eight_rows_of_the_article_are_all_there():
    section = PAGE[PAGE.index("The paper's table has eight rows") :]
    rows = re.findall(r"^\| .+ \| `(student.encoder=.*)` \|$", section, re.MULTILINE)
    recipe = RECIPES / "satn-table-2.yaml"
    configs = [ExperimentConfig.from_yaml(recipe, row.split()) for row in rows]
    described = {
        (each.student.encoder, each.student.attention, each.transfer.weight > 0)
        for each in configs
    }
    assert len(rows) == len(described) == 8
    assert all(
        each.teacher.encoder == each.student.encoder
        for each in configs
        if each.transfer.weight
    )

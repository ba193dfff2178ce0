"""Labels as a recipe's classes count them."""

import pytest

from satn_keras.config import DataConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError
from satn_keras.experiments.classes import in_classes


@pytest.fixture
def manifest():
    labels = ("anger", "excited", "joy", "sadness", "neutral", "fear")
    return Manifest(
        Utterance(label, f"{label}.wav", speaker="s", label=label) for label in labels
    )


def test_a_named_set_relabels_and_leaves_out_the_others(manifest):
    kept, classes = in_classes(manifest, DataConfig(classes="common-4"))
    assert classes == ("angry", "happy", "neutral", "sad")
    assert [one.label for one in kept] == ["angry", "happy", "happy", "sad", "neutral"]


def test_a_list_merges_and_keeps_other_labels_to_be_refused(manifest):
    data = DataConfig(classes=("anger", "happy=joy+excited"))
    kept, classes = in_classes(manifest, data)
    assert classes == ("anger", "happy")
    assert [one.label for one in kept][:3] == ["anger", "happy", "happy"]
    assert len(kept) == len(manifest)


def test_a_list_leaves_others_out_where_it_is_told_to(manifest):
    data = DataConfig(classes=("anger", "happy=joy"), other_labels="leave_out")
    kept, _ = in_classes(manifest, data)
    assert [one.key for one in kept] == ["anger", "joy"]


def test_without_classes_those_of_the_manifest_are_taken(manifest):
    kept, classes = in_classes(manifest, DataConfig())
    assert kept == manifest and classes == manifest.labels


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ("common-9", "data.classes: 'common-9': there is no class set of this name"),
        ("common-7", "data.classes: no utterance has the label 'disgust', 'surprise'"),
        (("anger", "anger"), "data.classes: `classes` must be a list of labels, each"),
    ],
)
def test_classes_that_make_no_sense_are_refused(manifest, classes, message):
    with pytest.raises(ConfigError, match=message):
        in_classes(manifest, DataConfig(classes=classes))

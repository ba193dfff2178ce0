"""The utterances of some classes."""

import pytest

from satn_keras.corpora import Manifest, Utterance, keep_classes
from satn_keras.errors import CorpusError


@pytest.fixture
def manifest():
    """Two of joy, one of fear, one without a label."""
    labels = {"a": "joy", "b": "fear", "c": "", "d": "joy"}
    return Manifest(
        Utterance(key, f"{key}.wav", speaker="anna", label=label)
        for key, label in labels.items()
    )


def test_named_classes_are_kept_in_the_manifest_s_order(manifest):
    assert keep_classes(manifest, ["joy"]).keys == ("a", "d")
    assert keep_classes(manifest, ("joy", "fear")).keys == ("a", "b", "d")


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (["joy", "anger", "rage"], "the label 'anger', 'rage'. Labels: fear, joy."),
        ([], "Received: \\[\\]"),
        (["joy", "joy"], "must be a list of labels, each once"),
        ("joy", "Received: 'joy'"),
    ],
)
def test_a_class_that_cannot_be_kept_is_refused(manifest, classes, message):
    with pytest.raises(CorpusError, match=message):
        keep_classes(manifest, classes)

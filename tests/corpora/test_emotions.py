"""Class sets and the place of each label in them."""

import pytest

from satn_keras.corpora import (
    Manifest,
    Utterance,
    class_indices,
    classes_of,
    relabel,
)
from satn_keras.errors import ManifestError


def labelled(*labels):
    return Manifest(
        Utterance(f"u{place}", f"{place}.wav", speaker="s", label=label)
        for place, label in enumerate(labels)
    )


def test_classes_are_sorted_and_each_stands_once():
    assert classes_of(labelled("sad", "angry", "sad")) == ("angry", "sad")


def test_indices_follow_the_order_of_the_class_set():
    indices = class_indices(labelled("b", "a", "c", "b"), ("c", "b", "a"))
    assert indices.tolist() == [1, 2, 0, 1]
    assert indices.dtype == "int64"


def test_a_label_outside_the_class_set_is_refused_by_key():
    with pytest.raises(
        ManifestError, match=r"utterance 'u1': label 'surprise' .*\(fear, surprised\)"
    ):
        class_indices(labelled("fear", "surprise"), ("fear", "surprised"))


@pytest.mark.parametrize(
    "ask", [classes_of, lambda manifest: class_indices(manifest, ("a", ""))]
)
def test_an_empty_label_is_refused_even_where_the_class_set_holds_it(ask):
    with pytest.raises(ManifestError, match="utterance 'u1': label '' is empty"):
        ask(labelled("a", ""))


def test_a_class_set_that_names_a_class_twice_is_refused():
    with pytest.raises(ManifestError, match="each class once"):
        class_indices(labelled("a"), ("a", "b", "a"))


def test_two_labels_can_become_one_and_others_stay():
    merged = relabel(labelled("excited", "happy", "sad"), {"excited": "happy"})
    assert [one.label for one in merged] == ["happy", "happy", "sad"]


def test_renaming_a_label_that_nobody_has_is_refused():
    with pytest.raises(ManifestError, match="no utterance has the label 'exited'"):
        relabel(labelled("excited"), {"exited": "happy"})

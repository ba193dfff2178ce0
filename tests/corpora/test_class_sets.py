"""Class sets by name and as lists, and the words that count as each class."""

import pytest

from satn_keras.corpora import (
    CARDS,
    EMOTIONS,
    NAMED_SETS,
    SYNTHETIC_EMOTIONS,
    Manifest,
    Utterance,
    class_set,
    common_label,
    read_classes,
)
from satn_keras.errors import CorpusError


def labelled(*labels):
    return Manifest(
        Utterance(f"u{place}", f"{place}.wav", speaker="s", label=label)
        for place, label in enumerate(labels)
    )


def test_the_vocabulary_is_the_ten_words_of_the_field():
    assert EMOTIONS == (
        *("angry", "happy", "neutral", "sad", "fear", "disgust", "surprise"),
        *("calm", "bored", "other"),
    )


@pytest.mark.parametrize(
    ("word", "common"),
    [
        ("anger", "angry"),
        ("Happiness", "happy"),
        ("joy", "happy"),
        ("surprised", "surprise"),
        ("Pleasant surprise", "surprise"),
        ("boredom", "bored"),
        ("fearful", "fear"),
        ("frustrated", None),
        ("", None),
    ],
)
def test_each_word_of_a_corpus_has_its_common_word(word, common):
    assert common_label(word) == common


def test_common_4_reads_the_words_of_every_corpus_alike():
    words = ("anger", "angry", "joy", "happiness", "excited", "sadness", "neutral")
    kept = class_set("common-4").keep(labelled(*words, "fear", ""))
    assert [one.label for one in kept] == [
        *("angry", "angry", "happy", "happy", "happy", "sad", "neutral"),
    ]
    assert class_set("common-4").names == ("angry", "happy", "neutral", "sad")


def test_nemo_6_keeps_the_words_of_nemo_and_takes_those_of_others():
    kept = class_set("nemo-6").keep(
        labelled(*("anger", "fear", "happy", "neutral", "sadness", "surprise", "calm"))
    )
    assert kept.labels == (
        *("anger", "fear", "happiness", "neutral", "sadness", "surprised"),
    )


def test_the_excited_are_happy_in_sets_of_four_alone():
    assert class_set("iemocap-4").class_of("excited") == "happy"
    assert class_set("common-7").class_of("excited") is None


@pytest.mark.parametrize("name", [name for name in CARDS if CARDS[name].classes])
def test_each_emotional_corpus_has_a_set_of_its_classes(name):
    card = CARDS[name]
    if name == "iemocap":  # ten labels, of which publications take four
        assert set(NAMED_SETS["iemocap-4"]) < set(card.classes)
        return
    wanted = class_set(f"{name}-{len(card.classes)}")
    assert sorted(wanted.names) == sorted(card.classes)
    assert [wanted.class_of(label) for label in card.classes] == list(card.classes)


def test_the_synthetic_corpus_has_the_four_common_classes():
    classes = {class_set("common-4").class_of(label) for label in SYNTHETIC_EMOTIONS}
    assert classes - {None} == {"angry", "happy", "neutral", "sad"}


def test_a_list_merges_labels_and_keeps_its_order():
    wanted = class_set(["sad", "happy=happy+excited"])
    assert wanted.names == ("sad", "happy")
    kept = wanted.keep(labelled("excited", "angry", "sad", "happy"))
    assert [(one.key, one.label) for one in kept] == [
        ("u0", "happy"),
        ("u2", "sad"),
        ("u3", "happy"),
    ]


def test_merging_alone_keeps_the_labels_without_a_class():
    merged = class_set(["happy=joy"]).merge(labelled("joy", "angry", ""))
    assert [one.label for one in merged] == ["happy", "angry", ""]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("common-4", ("angry", "happy", "neutral", "sad")),
        ("sad, happy = joy + excited", ("sad", "happy")),
        ("sad", ("sad",)),
    ],
)
def test_a_word_of_the_command_line_is_a_set_or_a_list(text, names):
    assert read_classes(text).names == names


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("common-5", "'common-5': there is no class set of this name. Known: common-4"),
        (["a", "a"], "must be a list of labels, each once"),
        (["a", "b=a+c"], "must be a list of labels, each once"),
        (["a=b+"], "class 'a=b.': must be a label, or a class and its labels"),
        ([], "must be a list of labels"),
    ],
)
def test_a_class_set_that_makes_no_sense_is_refused(wanted, message):
    with pytest.raises(CorpusError, match=message):
        class_set(wanted)


def test_a_class_without_an_utterance_is_refused():
    with pytest.raises(CorpusError, match="'happy', 'neutral' of common-4. Labels: an"):
        class_set("common-4").keep(labelled("anger", "sad"))

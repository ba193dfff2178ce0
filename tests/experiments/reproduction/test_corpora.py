"""How corpora enter the tables."""

import collections
import dataclasses

import pytest

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError
from satn_keras.experiments.reproduction.corpora import (
    TableCorpus,
    table_corpus,
    write_manifests,
)


def spoken():
    """Utterances as the reader of IEMOCAP gives them, excited kept apart."""
    labels = ("angry", "happy", "excited", "neutral", "sad", "frustrated", "")
    for style in ("improvised", "scripted"):
        for number, label in enumerate(labels):
            key = f"{style}{number}"
            yield Utterance(
                key, f"/audio/{key}.wav", "Ses01_F", label, "yes", style=style
            )


@pytest.fixture
def iemocap():
    corpus = table_corpus("iemocap")
    return dataclasses.replace(corpus, read=lambda root: Manifest(spoken()))


def labels_of(path):
    return collections.Counter(one.label for one in Manifest.read(path))


@pytest.mark.parametrize(
    "variant, happy, others",
    [("improvised", 2, 1), ("all", 4, 2), ("all-unmerged", 2, 2)],
)
def test_the_variants_of_iemocap(iemocap, tmp_path, variant, happy, others):
    paths = write_manifests(iemocap, None, tmp_path, {variant})
    assert labels_of(paths[variant]["emotions"]) == {
        "happy": happy,
        **dict.fromkeys(("angry", "neutral", "sad"), others),
    }


def test_the_teacher_hears_every_improvised_turn_whatever_its_label(iemocap, tmp_path):
    paths = write_manifests(iemocap, None, tmp_path, {"improvised"})
    heard = Manifest.read(paths["improvised"]["transcripts"])
    assert len(heard) == 7 and {one.style for one in heard} == {"improvised"}


def test_turns_without_a_word_are_no_lesson(tmp_path):
    texts = ("yes", "", "[LAUGHTER]")
    manifest = Manifest(
        Utterance(f"u{number}", f"/a/{number}.wav", "anna", "sad", text)
        for number, text in enumerate(texts)
    )
    corpus = TableCorpus(lambda root: manifest)
    paths = write_manifests(corpus, None, tmp_path, {"improvised"})["improvised"]
    assert Manifest.read(paths["transcripts"]).keys == ("u0",)
    assert len(Manifest.read(paths["emotions"])) == 3


def test_a_corpus_without_a_reader_is_named():
    with pytest.raises(
        ConfigError, match="--corpus nowhere: .* iemocap, .*manifest, .*nemo"
    ):
        table_corpus("nowhere")

"""Several corpora in one manifest."""

import pytest

from satn_keras.corpora import Manifest, Utterance, join_manifests
from satn_keras.errors import ManifestError


def corpus(dataset, *names, **fields):
    return Manifest(
        Utterance(name, f"/{dataset}/{name}.wav", name[:2], dataset=dataset, **fields)
        for name in names
    )


def test_names_that_only_one_corpus_has_stay_as_they_are():
    joined = join_manifests(
        [
            corpus("a", "03x", language="de", session="1"),
            corpus("b", "04x", language="en", session="2"),
        ]
    )
    assert joined.keys == ("03x", "04x")
    assert [(one.speaker, one.language, one.dataset) for one in joined] == [
        ("03", "de", "a"),
        ("04", "en", "b"),
    ]
    assert [one.session for one in joined] == ["1", "2"]


def test_equal_names_of_two_corpora_stay_two_people():
    joined = join_manifests([corpus("a", "03x", "04y"), corpus("b", "03x", "03z")])
    assert joined.keys == ("a-03x", "04y", "b-03x", "03z")
    assert joined.speakers == ("04", "a-03", "b-03")
    assert [one.path for one in joined][:2] == ["/a/03x.wav", "/a/04y.wav"]


def test_parts_of_one_corpus_keep_their_speakers():
    joined = join_manifests([corpus("a", "03x"), corpus("a", "03y")])
    assert joined.speakers == ("03",)


def test_a_shared_sentence_or_session_is_told_apart_too():
    joined = join_manifests(
        [corpus("a", "03x", sentence="1"), corpus("b", "04x", sentence="1")]
    )
    assert [one.sentence for one in joined] == ["a-1", "b-1"]


@pytest.mark.parametrize(
    ("manifests", "message"),
    [
        ([corpus("a", "03x")], "needs at least two manifests. Received: 1"),
        ([corpus("a", "03x"), corpus("", "03y")], "speaker '03' stands in several"),
        ([corpus("a", "03x"), corpus("a", "03x")], "key '03x' must be unique"),
    ],
)
def test_what_cannot_be_joined_is_refused(manifests, message):
    with pytest.raises(ManifestError, match=message):
        join_manifests(manifests)

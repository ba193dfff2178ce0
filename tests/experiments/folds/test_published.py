"""Published folds: followed to the letter, audited, never silently mended."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import published_folds
from tests.experiments.folds.divisions import (
    apart,
    manifest_of,
    parts,
    records,
    scored_keys,
)

SIX = manifest_of("abcdef" * 2)  # a0, b1, ... f5, a6, ... f11


@pytest.fixture
def table(tmp_path):
    def table(rows, columns="key,fold,part"):
        path = tmp_path / "folds.csv"
        lines = [",".join(map(str, row)) for row in rows]
        path.write_text("\n".join([columns, *lines]), encoding="utf-8")
        return path

    return table


def by_speaker(manifest, fold, **part_of):
    """Rows that put whole speakers in parts."""
    words = {name: word for word, names in part_of.items() for name in names}
    return [(one.key, fold, words[one.speaker]) for one in manifest]


def test_a_fold_is_what_the_list_says(table):
    path = table(by_speaker(SIX, 1, train="abc", validation="df", test="e"))
    (fold,) = published_folds(SIX, path)
    assert fold.name == "fold_1"
    assert [part.speakers for part in parts(fold)] == [
        ("a", "b", "c"),
        ("d", "f"),
        ("e",),
    ]
    assert fold.speaker_independent
    assert "disjoint" not in fold.split_record()


def test_folds_follow_their_numbers_whatever_the_order_of_lines(table):
    rows = [
        row
        for number, tested in ((10, "a"), (2, "b"), (1, "c"))
        for row in by_speaker(SIX, number, train=set("abcdef") - {tested}, test=tested)
    ]
    folds = list(published_folds(SIX, table(rows)))
    assert [fold.name for fold in folds] == ["fold_1", "fold_2", "fold_10"]
    assert [fold.test.speakers for fold in folds] == [("c",), ("b",), ("a",)]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 4), min_size=6, max_size=6).filter(
        lambda numbers: len(set(numbers)) > 1
    ),
    st.integers(0, 99),
)
def test_test_folds_test_each_utterance_once_and_draw_unheard_validation_speakers(
    tmp_path_factory, numbers, seed
):
    path = tmp_path_factory.mktemp("folds") / "folds.csv"
    fold_of = dict(zip("abcdef", numbers, strict=True))
    lines = [f"{one.key},{fold_of[one.speaker]}" for one in SIX]
    path.write_text("\n".join(["key,fold", *lines]), encoding="utf-8")
    if max(map(numbers.count, numbers)) == 5:  # one speaker is left to train
        with pytest.raises(ProtocolError, match="cannot be spared"):
            list(published_folds(SIX, path, 1, seed))
        return
    folds = list(published_folds(SIX, path, 1, seed))
    assert scored_keys(folds) == sorted(SIX.keys)
    assert len(folds) == len(set(numbers))
    for fold in folds:
        assert apart(fold, "speaker", "recording", "key")
        assert len(fold.validation.speakers) == 1
        assert sum(map(len, parts(fold))) == len(SIX)
    assert records(folds) == records(published_folds(SIX, path, 1, seed))


def test_the_seed_draws_the_validation_speakers(table):
    path = table(by_speaker(SIX, 1, train="abcde", test="f"))
    drawn = {
        fold.validation.speakers
        for seed in range(30)
        for fold in published_folds(SIX, path, 2, seed)
    }
    assert len(drawn) > 5
    assert all(len(speakers) == 2 and "f" not in speakers for speakers in drawn)


def test_a_list_without_speakers_to_spare_is_refused(table):
    path = table(by_speaker(SIX, 1, train="ab", test="cdef"))
    with pytest.raises(
        ProtocolError, match=r"'fold_1' has no validation .* 2 of its 2"
    ):
        list(published_folds(SIX, path, validation_speakers=2))


def halves(manifest, fold=1):
    """Rows that put half of each speaker's utterances in train, half in test."""
    half = len(manifest) // 2
    return [
        (one.key, fold, "train" if place < half else "test")
        for place, one in enumerate(manifest)
    ]


def test_shared_speakers_are_refused_in_one_line_with_their_number(table):
    path = table(halves(SIX))
    with pytest.raises(ProtocolError) as error:
        published_folds(SIX, path)
    message = str(error.value)
    assert message.startswith(f"{path}: fold 'fold_1': 6 of 6 test speakers are in")
    assert "'e' and 1 more" in message
    assert "`shared_speakers: allow`" in message
    assert "\n" not in message


def test_allowed_shared_speakers_are_kept_and_told_of(table):
    (fold,) = published_folds(SIX, table(halves(SIX)), shared_speakers="allow")
    assert fold.test == SIX[6:]  # as published
    assert len(fold.validation) == 1
    assert not set(fold.train.speakers) & set(fold.validation.speakers)
    assert not fold.speaker_independent
    assert fold.split_record()["speaker_independent"] is False
    assert apart(fold, "key", "recording")


def test_validation_speakers_are_drawn_from_those_not_tested_where_there_are(table):
    rows = halves(manifest_of("abcd" * 2)) + [("x8", 1, "train"), ("y9", 1, "train")]
    manifest = manifest_of("abcd" * 2 + "xy")
    for seed in range(10):
        (fold,) = published_folds(manifest, table(rows), 1, seed, "allow")
        assert set(fold.validation.speakers) < {"x", "y"}


def test_a_fold_without_shared_speakers_stays_independent_where_they_are_allowed(table):
    path = table(by_speaker(SIX, 1, train="abcd", test="ef") + halves(SIX, fold=2))
    apart_, shared = published_folds(SIX, path, shared_speakers="allow")
    assert (apart_.speaker_independent, shared.speaker_independent) == (True, False)
    assert apart_.disjoint == ("speaker", "key", "audio file")


@pytest.mark.parametrize("other", ["test", "train"])
def test_a_validation_part_that_shares_speakers_is_refused(table, other):
    rows = by_speaker(SIX, 1, train="abc", validation="d", test="ef")
    key = {"test": "e4", "train": "a0"}[other]
    rows = [(k, n, "validation" if k == key else part) for k, n, part in rows]
    with pytest.raises(ProtocolError, match=rf"speakers are in .* \('{key[0]}'\)"):
        published_folds(SIX, table(rows))


def test_an_utterance_that_the_manifest_lacks_is_refused_with_file_and_line(table):
    path = table([*by_speaker(SIX, 1, train="abcde", test="f"), ("zoe", 1, "test")])
    with pytest.raises(ProtocolError, match=r"folds.csv:14: .* no utterance 'zoe'"):
        published_folds(SIX, path)


def test_an_utterance_twice_in_a_fold_is_refused_with_both_lines(table):
    rows = by_speaker(SIX, 1, train="abcde", test="f")
    path = table([*rows, (SIX[0].key, 1, "test")])
    with pytest.raises(
        ProtocolError, match=r"folds.csv:14: utterance 'a0' .*folds.csv:2\."
    ):
        published_folds(SIX, path)


def test_unlisted_utterances_are_refused_or_left_out(table):
    rows = by_speaker(SIX, 1, train="abcde", test="f")[1:]
    path = table(rows)
    with pytest.raises(ProtocolError, match=r"11 of the manifest's 12 .* not 'a0'"):
        published_folds(SIX, path)
    (fold,) = published_folds(SIX, path, unlisted="leave_out")
    assert sum(map(len, parts(fold))) == 11


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_fold_without_one_of_its_parts_is_refused(table, part):
    other = {"train": "test", "test": "train"}[part]
    path = table([(one.key, 1, other) for one in SIX])
    with pytest.raises(ProtocolError, match=f"fold 'fold_1' has no {part} part"):
        published_folds(SIX, path)


def test_no_validation_part_is_made_where_none_is_asked_for(table):
    rows = by_speaker(SIX, 1, train="abcd", validation="e", test="f")
    path = table(rows + by_speaker(SIX, 2, train="bcdef", test="a"))
    listed, unlisted = published_folds(SIX, path, validation_speakers=0)
    assert listed.validation.speakers == ("e",)
    assert len(unlisted.validation) == 0
    assert unlisted.train.speakers == tuple("bcdef")


@pytest.mark.parametrize(
    "arguments",
    [{"shared_speakers": "yes"}, {"unlisted": "no"}, {"validation_speakers": -1}],
)
def test_another_word_is_refused(table, arguments):
    path = table(by_speaker(SIX, 1, train="abcde", test="f"))
    with pytest.raises(ProtocolError, match=next(iter(arguments))):
        published_folds(SIX, path, **arguments)


CORPUS = Manifest(
    Utterance(f"{name}{n}", f"/data/mini/{name}/{n}.flac", speaker=name)
    for name in "abcd"
    for n in (1, 2)
)


def emobox(folder, tested, key, path):
    """An EmoBox folder of one fold, its lines named by two functions."""
    for part in ("train", "test"):
        lines = [
            json.dumps(
                {
                    "key": key(one),
                    "dataset": "mini",
                    "wav": path(one),
                    "num_frame": 33978.0,
                    "emo": "boredem",
                }
            )
            for one in CORPUS
            if (one.speaker in tested) == (part == "test")
        ]
        file = folder / "fold_1" / f"mini_{part}_fold_1.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(lines), encoding="utf-8")
    return folder


NAMINGS = {
    "the key": (lambda one: one.key, lambda one: "x.wav"),
    "the key after the corpus's name": (
        lambda one: f"mini-{one.key}",
        lambda one: "x.wav",
    ),
    "the end of the path": (
        lambda one: f"other {one.key}",
        lambda one: f"downloads/{one.speaker}/{one.key[1]}.mp4",
    ),
}


@pytest.mark.parametrize("naming", NAMINGS)
def test_a_line_of_emobox_names_its_utterance_by(tmp_path, naming):
    folder = emobox(tmp_path, "bd", *NAMINGS[naming])
    (fold,) = published_folds(CORPUS, folder)
    assert fold.test.keys == ("b1", "b2", "d1", "d2")
    assert {*fold.train.speakers, *fold.validation.speakers} == {"a", "c"}


def test_a_path_that_fits_several_files_is_refused_with_file_and_line(tmp_path):
    folder = emobox(tmp_path, "bd", lambda one: "?", lambda one: f"{one.key[1]}.wav")
    with pytest.raises(
        ProtocolError, match=r"test_fold_1.jsonl:1: 1.wav may be any of 'a1', 'b1'"
    ):
        published_folds(CORPUS, folder)


def test_a_line_of_emobox_that_names_nothing_is_refused_with_file_and_line(tmp_path):
    folder = emobox(tmp_path, "bd", lambda one: "?", lambda one: "zoe.wav")
    with pytest.raises(ProtocolError, match=r"jsonl:1: the manifest has no utterance"):
        published_folds(CORPUS, folder)

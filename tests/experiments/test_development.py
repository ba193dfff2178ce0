"""Development speakers: who may be heard by a search, and who never is."""

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError, ProtocolError
from satn_keras.experiments import development as module
from satn_keras.experiments.development import develop, inner_folds
from tests.support.planted_search import changed, write_teacher


def manifest_of(names, takes=2):
    return Manifest(
        Utterance(f"{name}_{take}", f"{name}_{take}.wav", speaker=name, label="calm")
        for name in names
        for take in range(takes)
    )


@pytest.fixture
def without_transfer(small_config):
    return changed(small_config, transfer={"weight": 0.0})


@given(
    count=st.integers(3, 9),
    groups=st.none() | st.integers(2, 3),
    choice=st.sampled_from(["apart", "same", "last"]),
    seed=st.integers(1, 9),
)
def test_every_speaker_scores_once_and_no_part_shares_a_speaker(
    count, groups, choice, seed
):
    manifest = manifest_of("abcdefghi"[:count])
    largest = -(-count // (groups or count))
    assume(count - largest >= 2)  # one to train, one to choose
    folds = inner_folds(manifest, groups, choice, seed)
    scoring = [name for fold in folds for name in fold.scoring.speakers]
    assert sorted(scoring) == list(manifest.speakers)
    for fold in folds:
        train, chosen = set(fold.train.speakers), set(fold.choice.speakers)
        assert train.isdisjoint(fold.scoring.speakers)
        assert train.isdisjoint(chosen)
        if choice == "apart":
            assert chosen.isdisjoint(fold.scoring.speakers)
        elif choice == "same":
            assert fold.choice == fold.scoring
        else:
            assert not chosen
        assert train | chosen | set(fold.scoring.speakers) == set(manifest.speakers)


def test_an_inner_fold_has_no_place_for_a_test_part():
    names = {field.name for field in dataclasses.fields(module.InnerFold)}
    assert names == {"name", "train", "choice", "scoring"}


def test_two_speakers_are_enough_where_one_does_both():
    folds = inner_folds(manifest_of("ab"), choice="same")
    assert [fold.train.speakers for fold in folds] == [("b",), ("a",)]
    with pytest.raises(ProtocolError, match=r"at least 3 .* Received: 2 \(a, b\)"):
        inner_folds(manifest_of("ab"))


def test_nobody_of_a_test_dataset_is_searched_on(without_transfer, tmp_path):
    manifest = Manifest.read(without_transfer.data.emotions)
    path = tmp_path / "two.csv"
    Manifest(
        dataclasses.replace(one, dataset="b" if one.speaker in "anna bert" else "a")
        for one in manifest
    ).write(path)
    config = changed(
        without_transfer,
        data={"emotions": str(path), "test_speakers": 1},
        protocol={"folds": "cross_corpus", "test_datasets": ("b",)},
    )
    found = develop(config)
    assert (found.name, found.kept_out) == ("b", ("anna", "bert"))
    assert found.manifest.speakers == ("cora", "dirk", "eva")


@pytest.mark.parametrize(("fold", "tested"), [(None, "eva"), ("cora", "cora")])
def test_the_test_speaker_is_in_no_part_of_any_inner_fold(
    without_transfer, fold, tested
):
    found = develop(without_transfer, fold)
    assert found.kept_out == (tested,)
    assert found.manifest.speakers == tuple(
        name for name in ("anna", "bert", "cora", "dirk", "eva") if name != tested
    )
    for inner in found.folds:
        for part in (inner.train, inner.choice, inner.scoring):
            assert tested not in part.speakers
            assert not any(tested in utterance.path for utterance in part)


def test_an_epoch_that_nobody_chooses_is_the_last(without_transfer):
    with pytest.raises(ConfigError, match=r"--choice last: .*selection 'ua' chooses"):
        develop(without_transfer, choice="last")
    config = changed(without_transfer, student_training={"selection": "last"})
    found = develop(config, choice="last")
    assert [len(fold.train.speakers) for fold in found.folds] == [3] * 4


def test_speakers_can_score_in_groups(without_transfer):
    found = develop(without_transfer, num_folds=2, choice="same")
    assert [len(fold.scoring.speakers) for fold in found.folds] == [2, 2]


def test_a_fold_that_shares_speakers_is_no_ground_for_a_search(
    without_transfer, small_manifest, tmp_path
):
    keys = Manifest.read(small_manifest).keys
    rows = [
        f"{key},shared,{part}"
        for number, key in enumerate(keys)
        for part in [("train", "validation", "test")[number % 3]]
    ]
    path = tmp_path / "parts.csv"
    path.write_text("key,fold,part\n" + "\n".join(rows) + "\n")
    config = changed(
        without_transfer,
        protocol={"folds": "published", "file": str(path), "shared_speakers": "allow"},
    )
    with pytest.raises(ProtocolError, match="heard in training too"):
        develop(config, "shared")


def test_a_teacher_that_heard_the_test_speaker_is_refused(small_config, tmp_path):
    teacher = write_teacher(tmp_path / "teacher", small_config, heard=("anna", "eva"))
    with pytest.raises(ProtocolError, match=r"on test speakers \(eva\)"):
        develop(small_config, teacher=teacher)


def test_whom_of_the_development_speakers_the_teacher_heard_is_told(
    small_config, tmp_path
):
    teacher = write_teacher(tmp_path / "teacher", small_config, heard=("anna", "xaver"))
    found = develop(small_config, teacher=teacher)
    assert found.teacher == teacher
    assert found.teacher_heard == ("anna",)


def test_a_search_that_copies_needs_a_teacher(small_config, without_transfer):
    with pytest.raises(ConfigError, match="Give its run with --teacher"):
        develop(small_config)
    with pytest.raises(ConfigError, match="Give its run with --teacher"):
        develop(without_transfer, needs_teacher=True)

"""The ledger: nothing is selected by a figure of the test part."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ProtocolError
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.protocol import Figure, Protocol, select_best

EIGHT = Manifest(
    Utterance(f"{name}{n}", f"{name}{n}.wav", speaker=name, sentence=str(n))
    for name in "abcd"
    for n in (1, 2)
)
FOLD = Fold(
    "d",
    train=EIGHT.where(speaker=("a", "b")),
    validation=EIGHT.where(speaker="c"),
    test=EIGHT.where(speaker="d"),
)


def figure(value, part="validation", fold="d", name="ua", candidate=None):
    return Figure(name, value, part, fold, candidate)


@settings(deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=9), st.booleans())
def test_the_best_figure_is_the_greatest_or_the_least_and_the_first_of_equals(
    values, higher
):
    figures = [figure(value, candidate=n) for n, value in enumerate(values)]
    best = select_best(figures, higher_is_better=higher)
    extreme = max(values) if higher else min(values)
    assert best is figures[values.index(extreme)]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(("train", "validation", "test")), min_size=1, max_size=6)
)
def test_selecting_never_looks_at_a_test_figure(found):
    figures = [figure(n, part) for n, part in enumerate(found)]
    if "test" in found:
        with pytest.raises(ProtocolError) as error:
            select_best(figures)
        assert str(error.value) == (
            "selecting on a test fold: figure 'ua' of fold 'd' came from test. "
            "Choose on validation."
        )
    elif len(set(found)) > 1:
        with pytest.raises(ProtocolError, match="of one part. .*'train', 'validation'"):
            select_best(figures)
    else:
        assert select_best(figures) is figures[-1]


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ([], "at least one figure"),
        ([figure(1.0), figure(2.0, fold="c")], "of one fold. Received: 'c', 'd'"),
        ([figure(1.0), figure(2.0, name="loss")], "of one name. Received: 'loss'"),
        ([figure(1.0), figure(math.nan)], "figure 'ua' of fold 'd' is not a number"),
    ],
)
def test_figures_that_do_not_compare_are_refused(figures, message):
    with pytest.raises(ProtocolError, match=message):
        select_best(figures)


def test_a_figure_is_of_a_part_and_frozen():
    with pytest.raises(ProtocolError, match="must be train, validation, test. .*'dev'"):
        figure(0.5, part="dev")
    with pytest.raises(dataclasses.FrozenInstanceError):
        figure(0.5).part = "validation"


def test_train_and_validation_are_open_and_the_test_part_has_no_name():
    protocol = Protocol(FOLD)
    assert (protocol.name, protocol.train, protocol.validation) == (
        "d",
        FOLD.train,
        FOLD.validation,
    )
    assert protocol.speaker_independent
    assert not hasattr(protocol, "test")


def test_the_test_part_is_given_out_once():
    protocol = Protocol(FOLD)
    assert protocol.open_test() == FOLD.test
    with pytest.raises(ProtocolError, match="'d': the test part has been opened befo"):
        protocol.open_test()


def test_nothing_is_selected_or_trained_after_the_test_part_was_opened():
    protocol = Protocol(FOLD)
    tried = [protocol.record("val", 0.5, "validation", candidate=0.1)]
    assert protocol.select(tried).candidate == 0.1
    protocol.open_test()
    for late in (
        lambda: protocol.select(tried),
        lambda: protocol.require_selectable(FOLD.train),
        lambda: protocol.check_training_parts(FOLD.train, FOLD.validation),
    ):
        with pytest.raises(ProtocolError, match="after the test part was opened"):
            late()


def test_a_test_figure_cannot_be_recorded_before_the_test_part_is_opened():
    protocol = Protocol(FOLD)
    with pytest.raises(ProtocolError, match="'ua' is of the test part, which has not"):
        protocol.record("ua", 0.5, "test")
    protocol.open_test()
    protocol.record("ua", 0.5, "test")
    assert protocol.to_dict() == {"ua": "test"}


def test_the_ledger_tells_the_part_of_every_figure():
    protocol = Protocol(FOLD)
    for weight in (0.0, 0.1):
        protocol.record("validation_ua", weight, "validation", candidate=weight)
    protocol.record("loss", 1.5, "train")
    protocol.open_test()
    protocol.record("ua", 0.5, "test")
    assert protocol.to_dict() == {
        "validation_ua": "validation",
        "loss": "train",
        "ua": "test",
    }


def test_a_name_stands_for_one_part():
    protocol = Protocol(FOLD)
    protocol.record("ua", 0.5, "validation")
    protocol.open_test()
    with pytest.raises(ProtocolError, match="'ua' stands for validation already"):
        protocol.record("ua", 0.4, "test")
    assert protocol.to_dict() == {"ua": "validation"}


def test_figures_of_another_fold_select_nothing_here():
    with pytest.raises(ProtocolError, match="'ua' is of fold 'c'"):
        Protocol(FOLD).select([figure(0.5, fold="c")])


def test_the_fold_s_own_parts_may_train_and_select():
    protocol = Protocol(FOLD)
    protocol.check_training_parts(FOLD.train, FOLD.validation)
    protocol.check_training_parts(FOLD.train[:1], Manifest())
    protocol.require_selectable(FOLD.train + FOLD.validation)


STRANGERS = {
    "speaker": Utterance("new", "new.wav", speaker="d"),
    "key": Utterance("d1", "new.wav", speaker="zoe"),
    "audio file": Utterance("new", "./d1.wav", speaker="zoe"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_speech_of_the_test_part_selects_nothing_under_any_name(what):
    protocol = Protocol(FOLD)
    smuggled = FOLD.train + Manifest([STRANGERS[what]])
    with pytest.raises(ProtocolError, match=f"share {what} .* with its test part"):
        protocol.require_selectable(smuggled)
    with pytest.raises(ProtocolError, match=f"training .* {what} .* its test part"):
        protocol.check_training_parts(smuggled, FOLD.validation)
    with pytest.raises(ProtocolError, match=f"validation .* {what} .* its test part"):
        protocol.check_training_parts(FOLD.train, Manifest([STRANGERS[what]]))


def test_the_test_part_in_the_place_of_validation_is_refused():
    with pytest.raises(ProtocolError, match="the validation utterances share speaker"):
        Protocol(FOLD).check_training_parts(FOLD.train, FOLD.test)


def test_training_on_what_selects_and_selecting_on_what_trains_are_refused():
    protocol = Protocol(FOLD)
    with pytest.raises(ProtocolError, match="'c' with its validation part"):
        protocol.check_training_parts(FOLD.train + FOLD.validation, FOLD.validation)
    with pytest.raises(ProtocolError, match="'a', 'b' with its train part"):
        protocol.check_training_parts(FOLD.train, FOLD.train)


def test_sentences_are_kept_apart_where_the_fold_keeps_them_apart():
    first = {name: EIGHT.where(key=f"{name}1") for name in "abcd"}
    other = Manifest([Utterance("n", "n.wav", speaker="n", sentence="1")])
    three = Manifest([Utterance("v", "v.wav", speaker="v", sentence="3")])
    kept = Fold(
        "x",
        train=EIGHT.where(key="a2"),
        validation=three,
        test=first["d"],
        disjoint=("speaker", "key", "audio file", "sentence"),
    )
    with pytest.raises(ProtocolError, match="share sentence '1' with its test part"):
        Protocol(kept).require_selectable(other)
    Protocol(FOLD).require_selectable(other)


def test_a_fold_of_shared_speakers_still_keeps_recordings_apart():
    fold = Fold(
        "x",
        train=EIGHT.where(key=("a1", "b1")),
        validation=EIGHT.where(key="c1"),
        test=EIGHT.where(key=("a2", "b2")),
        disjoint=("key", "audio file"),
    )
    protocol = Protocol(fold)
    assert not protocol.speaker_independent
    protocol.check_training_parts(fold.train, fold.validation)
    with pytest.raises(ProtocolError, match="share key 'a2', 'b2' with its test"):
        protocol.check_training_parts(fold.test, fold.validation)

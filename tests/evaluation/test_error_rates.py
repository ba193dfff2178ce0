"""Error rates against alignments made by hand."""

import pytest

from satn_keras.evaluation.error_rates import error_rates


def phones(text):
    return text.split()


def test_each_kind_of_error_is_counted_over_all_utterances():
    rates = error_rates(
        [phones("G OW | AA N"), phones("S T AA P"), phones("N OW")],
        # N -> M substituted; T deleted; a B inserted
        [phones("G OW | AA M"), phones("S AA P"), phones("N B OW")],
    )
    assert (rates.substitutions, rates.deletions, rates.insertions) == (1, 1, 1)
    assert rates.num_tokens == 10
    assert rates.per == pytest.approx(3 / 10)
    assert rates.num_words == 4
    assert rates.wer == pytest.approx(3 / 4)


def test_boundaries_count_in_no_phoneme_error():
    rates = error_rates([phones("G OW | AA N")], [phones("G | OW AA N")])
    assert rates.per == 0.0
    assert rates.wer == 1.0  # neither "G" nor "OW AA N" is a word of it
    assert rates.num_tokens == 4


def test_doubled_and_outer_boundaries_make_no_empty_word():
    rates = error_rates([phones("| G OW | | AA N |")], [phones("G OW | AA N")])
    assert (rates.wer, rates.num_words) == (0.0, 2)


def test_an_empty_hypothesis_is_all_deletions():
    rates = error_rates([phones("G OW"), phones("AA N")], [[], phones("AA N")])
    assert (rates.per, rates.deletions, rates.wer) == (0.5, 2, 0.5)


def test_an_empty_reference_is_all_insertions():
    rates = error_rates([[], phones("AA N")], [phones("G OW G"), phones("AA N")])
    assert (rates.per, rates.insertions, rates.num_tokens) == (1.5, 3, 2)


def test_silence_taken_for_silence_has_no_error():
    rates = error_rates([[], ["|"]], [["|"], []])
    assert (rates.per, rates.wer, rates.num_tokens) == (0.0, 0.0, 0)


def test_a_token_with_a_blank_stays_one_token():
    rates = error_rates([["a b", "c"]], [["a", "b", "c"]], boundary="#")
    assert (rates.substitutions, rates.insertions, rates.num_tokens) == (1, 1, 2)


def test_another_boundary_separates_words_when_told():
    rates = error_rates([phones("a b # c")], [phones("a b # d")], boundary="#")
    assert (rates.wer, rates.num_words, rates.num_tokens) == (0.5, 2, 3)


def test_rates_are_plain_numbers_by_name():
    assert error_rates([["a"]], [["b"]]).to_dict() == {
        "per": 1.0,
        "wer": 1.0,
        "substitutions": 1,
        "deletions": 0,
        "insertions": 0,
        "num_tokens": 1,
        "num_words": 1,
    }


def test_unequal_numbers_of_utterances_are_refused():
    with pytest.raises(ValueError, match="equally many. Received: 2 and 1"):
        error_rates([["a"], ["b"]], [["a"]])

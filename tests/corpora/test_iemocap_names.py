"""Names of IEMOCAP's turns, part by part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satn_keras.corpora.iemocap_names import parse_turn
from satn_keras.errors import CorpusError

SCENARIOS = st.one_of(
    st.integers(1, 99).map("impro{:02}".format),
    st.tuples(st.integers(1, 99), st.integers(0, 9)).map(
        lambda numbers: "script{:02}_{}".format(*numbers)
    ),
)
NUMBERS = st.one_of(
    st.integers(0, 999).map("{:03}".format), st.integers(0, 9).map("XX{}".format)
)


@st.composite
def parts_of_names(draw):
    """Parts of a valid name, in order."""
    return {
        "corpus": "Ses",
        "session": draw(st.sampled_from(["01", "02", "03", "04", "05"])),
        "markers": draw(st.sampled_from("FM")),
        "scenario": draw(SCENARIOS),
        "take": draw(st.sampled_from(["", "a", "b"])),
        "speaker": draw(st.sampled_from("FM")),
        "number": draw(NUMBERS),
    }


FORM = "{corpus}{session}{markers}_{scenario}{take}_{speaker}{number}"


@given(parts_of_names())
def test_any_name_parses_to_its_parts_and_back(parts):
    turn = parse_turn(FORM.format(**parts))
    for part in parts.keys() - {"corpus"}:
        assert getattr(turn, part) == parts[part]
    assert turn.name == FORM.format(**parts)
    assert turn.gender == {"F": "female", "M": "male"}[parts["speaker"]]
    assert turn.style == {"i": "improvised", "s": "scripted"}[parts["scenario"][0]]
    assert turn.judged == parts["number"].isdigit()


@given(parts_of_names(), st.sampled_from("?xf-7é_ ²"), st.data())
def test_one_broken_character_is_refused_with_the_part_it_is_in(parts, wrong, data):
    part = data.draw(st.sampled_from([part for part, text in parts.items() if text]))
    place = data.draw(st.integers(0, len(parts[part]) - 1))
    text = parts[part][:place] + wrong + parts[part][place + 1 :]
    name = FORM.format(**{**parts, part: text})
    told = {"scenario": "scene", "take": "scene"}.get(part, part)
    try:
        turn = parse_turn(name)
    except CorpusError as error:
        assert repr(name) in str(error)
        # With one underscore more the parts cannot be told apart.
        assert f": {told} must be" in str(error) or wrong == "_"
    else:  # another digit may be as good
        assert wrong == "7" and turn.name == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Ses06F_impro01_F000", "session must be 01 to 05. Received: '06'"),
        ("Ses01X_impro01_F000", "markers must be F or M, .* Received: 'X'"),
        ("Ses01F_improv1_F000", "scene must be .* Received: 'improv1'"),
        ("Ses01F_impro05c_F000", "scene must be .* Received: 'impro05c'"),
        ("Ses01F_script01_F000", "scene must be .* Received: 'script01'"),
        ("Ses01F_impro01_X000", "speaker must be F or M, .* Received: 'X'"),
        ("Ses01F_impro01_F00x", "number must be three digits, .* Received: '00x'"),
        ("Ses01F_impro01_FX00", "number must be three digits, .* Received: 'X00'"),
        ("ses01F_impro01_F000", "corpus must be Ses. Received: 'ses'"),
        ("Ses01F_impro01_F0000", "form Ses01F_impro01_M012"),
        ("Ses01F_impro01-F000", "form Ses01F_impro01_M012"),
        ("", "form Ses01F_impro01_M012"),
    ],
)
def test_a_wrong_name_is_refused_in_words(name, message):
    with pytest.raises(CorpusError, match=message):
        parse_turn(name)


def test_the_last_letter_speaks_whoever_wears_the_markers():
    assert parse_turn("Ses02F_impro01_M012").speaker_name == "Ses02_M"
    assert parse_turn("Ses02M_impro01_M012").speaker_name == "Ses02_M"
    assert parse_turn("Ses02M_impro01_F012").speaker_name == "Ses02_F"


def test_two_recordings_of_a_scene_are_one_scenario():
    first = parse_turn("Ses05M_script01_1_F000")
    second = parse_turn("Ses05M_script01_1b_F000")
    assert first.scenario == second.scenario == "script01_1"
    assert second.dialog == "Ses05M_script01_1b"

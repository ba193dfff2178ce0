"""Names of every corpus: what they tell, and which field of a wrong one is named."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satn_keras.corpora.names import NamePattern, Part
from satn_keras.corpora.registry import NAMES
from satn_keras.errors import CorpusError

ALIEN = "#%!"  # in the names of no corpus


@st.composite
def fields_of(draw, pattern):
    """Values that fit each field of a corpus's names."""
    return {
        part.name: draw(
            st.from_regex(re.compile(part.pattern, re.ASCII), fullmatch=True)
        )
        for part in pattern.fields
    }


@pytest.mark.parametrize("corpus", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_parsed_from_a_name_formats_to_that_name(corpus, data):
    pattern = NAMES[corpus]
    fields = data.draw(fields_of(pattern))
    name = pattern.format(**fields)
    assert pattern.format(**pattern.parse(name)) == name


@pytest.mark.parametrize("corpus", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_corrupt_field_is_the_one_that_the_message_names(corpus, data):
    pattern = NAMES[corpus]
    fields = data.draw(fields_of(pattern))
    broken = data.draw(st.sampled_from(pattern.fields))
    wrong = data.draw(st.text(ALIEN, min_size=1, max_size=3))
    name = "".join(
        part
        if isinstance(part, str)
        else wrong
        if part is broken
        else fields[part.name]
        for part in pattern.parts
    )
    with pytest.raises(CorpusError) as caught:
        pattern.parse(name)
    assert f": {broken.name} must be {broken.words}. Received: " in str(caught.value)
    assert wrong in str(caught.value)
    with pytest.raises(CorpusError, match=f"name: {broken.name} must be"):
        pattern.format(**{**fields, broken.name: wrong})


@pytest.mark.parametrize("corpus", NAMES)
@settings(max_examples=40, deadline=None)
@given(text=st.text(string.ascii_letters + string.digits + "_-.ü", max_size=20))
def test_any_text_is_a_name_or_an_error_that_names_a_field(corpus, text):
    pattern = NAMES[corpus]
    try:
        fields = pattern.parse(text)
    except CorpusError as error:
        named = re.search(r": (\w+) must be ", str(error)).group(1)
        assert named in [part.name for part in pattern.fields]
    else:
        assert pattern.format(**fields) == text


@pytest.mark.parametrize("corpus", NAMES)
def test_the_example_of_each_corpus_is_one_of_its_names(corpus):
    assert NAMES[corpus].parse(NAMES[corpus].example)


@pytest.mark.parametrize(
    ("corpus", "name", "field"),
    [
        ("ravdess", "03-01-06-01-02-01-25", "actor must be 01 to 24. Received: '25'"),
        ("ravdess", "01-01-06-01-02-01-12", "modality must be 03 .* Received: '01'"),
        ("ravdess", "03-01-06-01-02-01-12-1", "actor .* Received: '12-1'"),
        ("ravdess", "03-01-06", "emotion must be a code of RAVDESS's table"),
        ("emodb", "07a01Fa", "speaker must be a code of EmoDB's table"),
        ("emodb", "03a03Fa", "sentence must be one of a01, .* Received: 'a03Fa'"),
        ("emodb", "03a01Xa", r"emotion must be .*\(W angry, .* Received: 'Xa'"),
        ("savee", "DC_s03", "emotion must be a code of SAVEE's table"),
        ("tess", "OA_bite_neutral", "speaker must be OAF .* Received: 'OA'"),
        ("crema-d", "1092_DFA_ANG_XX", "actor must be 1001 to 1091. Received: '1092'"),
        ("an4", "an251-xash-b", "speaker must be f or m"),
        ("urdu", "SM1_F10_B010", "emotion must be a code of URDU's table"),
    ],
)
def test_a_wrong_name_is_told_by_field_rule_and_value(corpus, name, field):
    with pytest.raises(CorpusError, match=field):
        NAMES[corpus].parse(name)


def test_a_fault_names_the_file(tmp_path):
    names = NamePattern("X", "1-a", (Part("take", "[0-9]", "a digit"), "-a"))
    assert names.read(tmp_path / "4-a.wav") == {"take": "4"}
    with pytest.raises(CorpusError, match=r"b-a\.wav: X's name 'b-a': take must be"):
        names.read(tmp_path / "b-a.wav")

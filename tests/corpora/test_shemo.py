"""The reader of ShEMO on small folders with its names and its list of texts."""

import json

import pytest

from satn_keras.corpora import read_shemo
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out

NAMES = ("female/F01A01.wav", "male/M01W12.wav", "male/M12N103.wav")


def test_gender_speaker_and_emotion_come_from_the_name(tmp_path):
    first, second, third = read_shemo(lay_out(tmp_path, *NAMES))
    assert (first.speaker, first.gender, first.label) == ("F01", "female", "angry")
    assert (second.speaker, second.gender, second.label) == ("M01", "male", "surprise")
    assert (third.key, third.label, third.text) == ("M12N103", "neutral", "")
    assert (first.language, first.dataset) == ("fa", "shemo")


@pytest.mark.parametrize("by_name", [False, True])
def test_texts_come_from_the_list_beside_without_its_marks(tmp_path, by_name):
    lay_out(tmp_path, *NAMES)
    records = [{"id": "F01A01", "transcript": "\ufeffمرگ نزدیکه ", "gender": "female"}]
    content = {one["id"]: one for one in records} if by_name else records
    (tmp_path / "shemo.json").write_text(json.dumps(content))
    texts = {one.key: one.text for one in read_shemo(tmp_path)}
    assert texts == {"F01A01": "مرگ نزدیکه", "M01W12": "", "M12N103": ""}


@pytest.mark.parametrize("content", ["[1]", "{", '{"a": {}}', '[{"id": "a"}]', "3"])
def test_a_list_of_another_form_is_refused(tmp_path, content):
    (lay_out(tmp_path, *NAMES) / "shemo.json").write_text(content)
    with pytest.raises(CorpusError, match=r"shemo\.json: must be a list of objects"):
        read_shemo(tmp_path)


def test_a_name_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="emotion must be a code of ShEMO's table"):
        read_shemo(lay_out(tmp_path, "female/F01D01.wav"))

"""The reader of EMOVO on a small folder with its names."""

import pytest

from satn_keras.corpora import read_emovo
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


def test_emotion_speaker_and_sentence_come_from_the_name(tmp_path):
    first, second = read_emovo(
        lay_out(tmp_path, "f1/neu-f1-b1.wav", "m3/rab-m3-d2.wav")
    )
    assert (first.speaker, first.gender, first.label) == ("f1", "female", "neutral")
    assert (first.sentence, first.text) == ("b1", "Gli operai si alzano presto.")
    assert (second.speaker, second.gender, second.label) == ("m3", "male", "angry")
    assert (second.language, second.dataset, second.style) == ("it", "emovo", "acted")


@pytest.mark.parametrize(
    ("name", "field"),
    [("ira-f1-b1", "emotion"), ("neu-f4-b1", "speaker"), ("neu-f1-b4", "sentence")],
)
def test_a_name_that_does_not_fit_is_refused_by_field(tmp_path, name, field):
    with pytest.raises(CorpusError, match=rf"{name}\.wav: .*: {field} must be"):
        read_emovo(lay_out(tmp_path, f"f1/{name}.wav"))

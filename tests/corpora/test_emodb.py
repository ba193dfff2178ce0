"""The reader of EmoDB on a small folder with its names."""

import pytest

from satn_keras.corpora import read_emodb
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out


def test_speaker_sentence_and_emotion_come_from_the_name(tmp_path):
    lay_out(tmp_path, "wav/03a01Fa.wav", "wav/16b10Wb.wav", "wav/._03a01Fa.wav")
    first, second = read_emodb(tmp_path)
    assert (first.key, first.path) == ("03a01Fa", str(tmp_path / "wav/03a01Fa.wav"))
    assert (first.speaker, first.gender, first.label) == ("03", "male", "happy")
    assert (first.sentence, first.language, first.dataset) == ("a01", "de", "emodb")
    assert first.text == "Der Lappen liegt auf dem Eisschrank."
    assert (second.speaker, second.gender, second.label) == ("16", "female", "angry")


def test_every_letter_is_an_emotion_of_german_words(tmp_path):
    names = [f"wav/08a02{letter}a.wav" for letter in "WLEAFTN"]
    labels = {one.key[5]: one.label for one in read_emodb(lay_out(tmp_path, *names))}
    assert labels == {
        "W": "angry",
        "L": "bored",
        "E": "disgust",
        "A": "fear",
        "F": "happy",
        "T": "sad",
        "N": "neutral",
    }


def test_a_name_that_does_not_fit_is_refused_with_its_file(tmp_path):
    lay_out(tmp_path, "wav/03a01Fa.wav", "wav/99a01Fa.wav")
    with pytest.raises(CorpusError, match=r"99a01Fa\.wav: .* speaker must be a code"):
        read_emodb(tmp_path)


def test_a_folder_without_sounds_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"no sound file .* EmoDB is a folder of"):
        read_emodb(tmp_path)
    with pytest.raises(CorpusError, match="none: no such folder"):
        read_emodb(tmp_path / "none")

"""The reader of RAVDESS on small folders with its names and oddities."""

import warnings

import pytest
import soundfile

from satn_keras.corpora import LeftOutWarning, read_ravdess
from satn_keras.corpora.ravdess import STEREO
from satn_keras.errors import CorpusError
from tests.support.corpus_files import lay_out
from tests.support.sounds import tone

SPOKEN = "Actor_12/03-01-06-01-02-01-12.wav"
SUNG = "Actor_09/03-02-05-02-01-02-09.wav"
PAIR = tuple(f"Actor_07/03-01-03-01-02-{take}-07.wav" for take in ("01", "02"))


def test_seven_numbers_tell_speech_emotion_statement_and_actor(tmp_path):
    (one,) = read_ravdess(lay_out(tmp_path, SPOKEN))
    assert (one.key, one.speaker, one.gender) == (SPOKEN[9:-4], "12", "female")
    assert (one.label, one.style, one.sentence) == ("fear", "speech", "02")
    assert one.text == "Dogs are sitting by the door."
    assert (one.language, one.dataset) == ("en", "ravdess")


def test_speech_and_song_are_told_apart(tmp_path):
    lay_out(tmp_path, SPOKEN, SUNG)
    styles = {one.key: one.style for one in read_ravdess(tmp_path)}
    assert styles == {SUNG[9:-4]: "song", SPOKEN[9:-4]: "speech"}
    (sung,) = read_ravdess(tmp_path, style="song")
    assert (sung.speaker, sung.gender, sung.label) == ("09", "male", "angry")
    assert len(read_ravdess(tmp_path, style="speech")) == 1


def test_the_second_of_the_two_identical_files_is_left_out(tmp_path):
    lay_out(tmp_path, *PAIR, SPOKEN, content=b"same")
    with pytest.warns(LeftOutWarning, match=r"03-01-03-01-02-02-07 \(the same bytes"):
        manifest = read_ravdess(tmp_path)
    assert manifest.keys == ("03-01-03-01-02-01-07", "03-01-06-01-02-01-12")


def test_the_pair_is_kept_where_a_copy_holds_two_recordings(tmp_path):
    lay_out(tmp_path, PAIR[0], content=b"one")
    lay_out(tmp_path, PAIR[1], content=b"two")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_ravdess(tmp_path)) == 2


def test_the_six_files_with_two_channels_are_read_as_others(tmp_path):
    stereo = tone(220.0, 0.1).reshape(-1, 1).repeat(2, axis=1)
    for name in STEREO:
        path = lay_out(tmp_path, f"Actor_{name[-2:]}/{name}.wav")
        soundfile.write(path / f"Actor_{name[-2:]}/{name}.wav", stereo, 48000)
    manifest = read_ravdess(tmp_path)
    assert sorted(manifest.keys) == sorted(STEREO)
    assert {soundfile.info(one.path).channels for one in manifest} == {2}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Actor_12/03-02-07-01-02-01-12.wav", "emotion disgust is never sung"),
        ("Actor_12/03-01-01-02-02-01-12.wav", "neutral has no strong intensity"),
        ("Actor_11/03-01-06-01-02-01-12.wav", "actor 12 in the folder Actor_11"),
        ("Actor_12/02-01-06-01-02-01-12.wav", "modality must be 03"),
    ],
)
def test_what_the_design_does_not_hold_is_refused(tmp_path, name, message):
    with pytest.raises(CorpusError, match=message):
        read_ravdess(lay_out(tmp_path, name))


def test_a_copy_that_holds_everything_twice_is_refused(tmp_path):
    lay_out(tmp_path, SPOKEN, f"audio_speech_actors_01-24/{SPOKEN}")
    with pytest.raises(CorpusError, match="also in .* give the folder of one copy"):
        read_ravdess(tmp_path)


def test_an_unknown_style_or_one_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="`style` must be one of all, speech, song"):
        read_ravdess(lay_out(tmp_path, SPOKEN), style="sung")
    with pytest.raises(CorpusError, match="no file of style 'song'"):
        read_ravdess(tmp_path, style="song")

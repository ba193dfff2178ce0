"""The synthetic corpus: the same from the same seed, whole, and told apart."""

import dataclasses
import hashlib
import json

import numpy as np
import pytest
import soundfile

from satn_keras.corpora import (
    SYNTHETIC_EMOTIONS,
    SYNTHETIC_VOICES,
    Manifest,
    Prosody,
    synthesize_corpus,
    validate,
)
from satn_keras.errors import CorpusError

SMALL = {"speakers": 2, "emotions": ("anger", "sadness"), "sentences": 2}


def digests(root):
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Folder and manifest of one small corpus; not to be changed."""
    root = tmp_path_factory.mktemp("synthetic") / "corpus"
    return root, synthesize_corpus(root, **SMALL)


def test_each_speaker_says_each_sentence_in_each_emotion(small):
    _, manifest = small
    assert {(one.speaker, one.label, one.sentence) for one in manifest} == {
        (speaker, emotion, sentence)
        for speaker in ("f1", "m1")
        for emotion in ("anger", "sadness")
        for sentence in ("1", "2")
    }
    assert {one.gender for one in manifest.where(speaker="f1")} == {"female"}
    assert len({one.text for one in manifest}) == 2


def test_files_are_16_khz_16_bit_mono_wav_and_pass_the_audit(small):
    _, manifest = small
    for utterance in manifest:
        info = soundfile.info(utterance.path)
        assert (info.samplerate, info.channels) == (16000, 1)
        assert (info.format, info.subtype) == ("WAV", "PCM_16")
    audit = validate(manifest, classes=("anger", "sadness"))
    assert audit.errors == audit.warnings == ()


def test_the_manifest_in_the_folder_is_the_one_returned(small):
    root, manifest = small
    assert Manifest.read(root / "manifest.csv") == manifest


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small, tmp_path):
    root, _ = small
    synthesize_corpus(tmp_path / "same", **SMALL)
    synthesize_corpus(tmp_path / "other", seed=2, **SMALL)
    assert digests(tmp_path / "same") == digests(root)
    samples = [name for name in digests(root) if name.endswith(".wav")]
    assert len(samples) == 8
    other = digests(tmp_path / "other")
    assert all(other[name] != digests(root)[name] for name in samples)


def test_a_corpus_that_broke_off_is_completed_to_the_same_bytes(tmp_path):
    synthesize_corpus(tmp_path, **SMALL)
    whole = digests(tmp_path)
    for name in ("manifest.csv", "samples/m1_anger_1.wav", "samples/m1_anger_2.wav"):
        (tmp_path / name).unlink()
    synthesize_corpus(tmp_path, **SMALL)
    assert digests(tmp_path) == whole


def test_a_complete_corpus_is_used_without_a_word_spoken(small, monkeypatch):
    root, manifest = small
    monkeypatch.delattr("satn_keras.corpora.voices.speak")
    assert synthesize_corpus(root, **SMALL) == manifest


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 2}, "seed = 1, asked for 2"),
        ({"sentences": 3}, "texts = 2, asked for 3"),
        ({"speakers": ["f1", "m2"]}, "speakers"),
        ({"emotions": {"anger": Prosody(rate=2)}}, "emotions"),
        ({"texts": ("Red.", "Green.")}, "texts_sha256"),
    ],
)
def test_a_corpus_of_other_settings_is_not_overwritten(small, change, named):
    root, _ = small
    before = digests(root)
    with pytest.raises(CorpusError, match=f"synthetic.json: .*{named}"):
        synthesize_corpus(root, **{**SMALL, **change})
    assert digests(root) == before


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "manifest.csv").write_text("mine")
    with pytest.raises(CorpusError, match="a folder of its own"):
        synthesize_corpus(tmp_path, **SMALL)
    assert (tmp_path / "manifest.csv").read_text() == "mine"


def test_a_damaged_settings_file_is_refused(tmp_path):
    (tmp_path / "synthetic.json").write_text("{")
    with pytest.raises(CorpusError, match="not the settings"):
        synthesize_corpus(tmp_path, **SMALL)


def test_one_cell_of_the_prosody_table_moves_the_speech_its_way(tmp_path):
    table = {
        "plain": Prosody(),
        "slow": Prosody(rate=0.6),
        "loud": Prosody(level=12.0),
    }
    manifest = synthesize_corpus(tmp_path, speakers=["m2"], emotions=table, sentences=5)
    sounds = {
        emotion: [soundfile.read(one.path)[0] for one in manifest.where(label=emotion)]
        for emotion in table
    }
    lengths = {name: np.mean([len(s) for s in group]) for name, group in sounds.items()}
    levels = {name: np.mean([s.std() for s in group]) for name, group in sounds.items()}
    assert lengths["slow"] > 1.3 * lengths["plain"]
    assert levels["loud"] > 2 * levels["plain"]


def test_emotions_depart_in_the_directions_of_the_review():
    table = SYNTHETIC_EMOTIONS
    assert table["neutral"] == Prosody()
    assert table["sadness"].rate < 1 < min(table["anger"].rate, table["fear"].rate)
    assert table["sadness"].level < 0 < table["anger"].level
    assert table["fear"].pitch_range < 0 < table["happiness"].pitch_range
    assert set(dataclasses.asdict(table["anger"])) == {
        "rate",
        "pitch",
        "pitch_range",
        "level",
    }


def test_uncrossed_each_text_is_spoken_once_by_many_speakers(tmp_path):
    texts = [f"Number {number}." for number in range(1, 14)]
    manifest = synthesize_corpus(tmp_path, speakers=5, texts=texts, crossed=False)
    assert [one.text for one in manifest] == texts
    assert len(manifest.speakers) > 1
    assert len(manifest.labels) > 1


def test_speakers_beyond_the_voices_are_second_voices(tmp_path):
    manifest = synthesize_corpus(
        tmp_path, speakers=15, emotions=["neutral"], texts=["One."]
    )
    assert len(manifest.speakers) == 15
    assert set(manifest.speakers) == {*SYNTHETIC_VOICES, "f1-2", "m1-2"}
    first, second = (
        soundfile.read(manifest.where(speaker=name)[0].path)[0]
        for name in ("f1", "f1-2")
    )
    assert len(first) != len(second) or np.abs(first - second).max() > 0.01


def test_another_language_is_spoken_from_texts_and_refused_without(tmp_path):
    with pytest.raises(CorpusError, match="For language 'pl' pass `texts`"):
        synthesize_corpus(tmp_path, language="pl")
    manifest = synthesize_corpus(
        tmp_path, speakers=1, emotions=["fear"], language="pl", texts=["Dobry wieczór."]
    )
    assert manifest[0].language == "pl"


def test_progress_is_told_after_each_utterance(small):
    root, _ = small
    calls = []
    synthesize_corpus(root, **SMALL, progress=lambda *call: calls.append(call))
    assert calls == [(done, 8) for done in range(1, 9)]


def test_the_settings_file_says_what_was_asked(small):
    root, _ = small
    settings = json.loads((root / "synthetic.json").read_text())
    assert settings["seed"] == 1
    assert settings["speakers"] == ["f1", "m1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"speakers": ["f9"]}, "no synthetic speaker 'f9'"),
        ({"speakers": ["f1-1"]}, "no synthetic speaker 'f1-1'"),
        ({"speakers": 0}, "`speakers` must be at least 1"),
        ({"speakers": ["f1", "f1"]}, "`speakers` must name .* each once"),
        ({"emotions": ["joy"]}, "no synthetic emotion 'joy'.*anger, fear"),
        ({"emotions": []}, "`emotions` must name at least one"),
        ({"emotions": {"a/b": Prosody()}}, "name must be one word"),
        ({"sentences": 0}, "`sentences` must be at least 1"),
        ({"texts": [" "]}, "`texts` must hold"),
        ({"texts": ["a"], "sentences": 2}, "at most the 1 texts"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(
    tmp_path, arguments, message
):
    with pytest.raises(CorpusError, match=message):
        synthesize_corpus(tmp_path, **arguments)
    assert list(tmp_path.iterdir()) == []

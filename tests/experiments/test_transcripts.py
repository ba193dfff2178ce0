"""Transcripts that cannot be learned are refused by name before training."""

import numpy as np
import pytest
import soundfile

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ConfigError, ManifestError
from satn_keras.experiments.folds import Fold
from satn_keras.experiments.transcripts import (
    check_rate_of_speech,
    check_transcripts,
    count_unknown_words,
    learnable_part,
)
from satn_keras.phonemes import TokenInventory
from satn_keras.pipelines import Targets


def fold_of(**texts):
    """Fold with one utterance a part, its speaker named like the part."""
    parts = {
        part: Manifest(
            [Utterance(part, f"{part}.wav", part, text=text, language=language)]
        )
        for part, (text, language) in texts.items()
    }
    return Fold("f", **parts)


def recipe(**sections):
    return ExperimentConfig.model_validate(sections)


GOOD = {part: ("yes", "en-us") for part in ("train", "validation", "test")}


def test_good_transcripts_pass():
    check_transcripts(recipe(), fold_of(**GOOD))


def test_another_language_than_the_dictionary_s_is_refused_with_the_remedy():
    with pytest.raises(ConfigError, match="lexicon=espeak and phonemes.language=pl"):
        check_transcripts(recipe(), fold_of(**{**GOOD, "test": ("tak", "pl")}))


def test_an_unnamed_language_is_taken_for_the_lexicon_s():
    check_transcripts(recipe(), fold_of(**{**GOOD, "test": ("yes", "")}))


def test_a_text_without_a_word_is_refused_by_key():
    with pytest.raises(ManifestError, match="'validation': .*LAUGHTER.* has no word"):
        check_transcripts(
            recipe(), fold_of(**{**GOOD, "validation": ("[LAUGHTER]", "")})
        )


def test_a_text_longer_than_the_decoder_may_write_is_refused():
    # "yes" is Y EH S: three tokens and the end need a limit of four.
    check_transcripts(recipe(teacher={"max_target_length": 4}), fold_of(**GOOD))
    with pytest.raises(ConfigError, match="'train' has 3 tokens"):
        check_transcripts(recipe(teacher={"max_target_length": 3}), fold_of(**GOOD))


def test_unknown_words_are_counted_in_every_part():
    fold = fold_of(**{**GOOD, "train": ("yes zzyzxq zzyzxq", "en")})
    counted = count_unknown_words(recipe(), fold)
    assert counted == {"train": {"zzyzxq": 2}, "validation": {}, "test": {}}


def test_a_text_too_fast_for_the_frames_is_refused():
    manifest = Manifest([Utterance("a", "a.wav", "s"), Utterance("b", "b.wav", "s")])
    targets = Targets.from_tokens([["x", "y"], ["x", "x"]], TokenInventory.of("xy"))
    config = recipe(teacher={"memory_stride": 2})
    # Two tokens need two frames of the memory; twice the same needs a blank more.
    check_rate_of_speech(config, manifest, targets, np.array([3, 5]))
    with pytest.raises(ManifestError, match="'b': its text needs 3 frames"):
        check_rate_of_speech(config, manifest, targets, np.array([3, 4]))
    silent = recipe(teacher_training={"ctc_weight": 0.0})
    check_rate_of_speech(silent, manifest, targets, np.array([3, 4]))


def test_what_no_teacher_could_write_is_left_out_by_key(tmp_path):
    # Graphemes of "abba": a b b a; the repeated b needs one frame more.
    texts = {"short": ("ab", 0.20), "long": ("ab" * 9, 2.0), "fast": ("abba", 0.10)}
    utterances = []
    for key, (text, seconds) in texts.items():
        path = tmp_path / f"{key}.wav"
        soundfile.write(path, np.zeros(int(16000 * seconds)), 16000)
        utterances.append(Utterance(key, str(path), "anna", text=text))
    config = recipe(
        phonemes={"lexicon": "graphemes"},
        teacher={"max_target_length": 9, "memory_stride": 2},
    )
    kept, dropped = learnable_part(config, Manifest(utterances))
    assert kept.keys == ("short",)
    assert dropped == ["long", "fast"]

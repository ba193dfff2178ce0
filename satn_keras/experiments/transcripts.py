"""Transcripts that a teacher can learn and write, checked before it trains."""

from __future__ import annotations

import itertools

import numpy as np
import soundfile

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import ConfigError, ManifestError
from satn_keras.experiments.folds import PARTS, Fold
from satn_keras.phonemes import make_lexicon


def check_transcripts(config: ExperimentConfig, fold: Fold) -> None:
    """Refuse texts in another language than the lexicon's, or without a token.

    Raises:
        ConfigError: if the lexicon is of another language, or a text has more tokens
            than `teacher.max_target_length`.
        ManifestError: if a text has no word.
    """
    lexicon = make_lexicon(config.phonemes)
    limit = config.teacher.max_target_length
    for manifest in (getattr(fold, part) for part in PARTS):
        _check_language(config, manifest)
        tokens = lexicon.transcribe([utterance.text for utterance in manifest]).tokens
        for utterance, said in zip(manifest, tokens, strict=True):
            if not said:
                raise ManifestError(
                    f"utterance {utterance.key!r}: the text {utterance.text!r} has no "
                    "word. Correct it, or leave the utterance out."
                )
            if len(said) >= limit:  # one more step writes the end
                raise ConfigError(
                    f"teacher.max_target_length: utterance {utterance.key!r} has "
                    f"{len(said)} tokens, which must be fewer than {limit}. Raise the "
                    "limit, or leave the utterance out."
                )


def learnable_part(
    config: ExperimentConfig, manifest: Manifest
) -> tuple[Manifest, list[str]]:
    """Utterances that a teacher of this recipe can write, and the keys of others.

    Left out are those of more tokens than `teacher.max_target_length` has room for,
    and those of more tokens than their audio has frames of the decoder's memory.
    """
    lexicon = make_lexicon(config.phonemes)
    tokens = lexicon.transcribe([utterance.text for utterance in manifest]).tokens
    step = config.features.hop_seconds * config.teacher.memory_stride  # seconds
    kept, dropped = [], []
    for utterance, said in zip(manifest, tokens, strict=True):
        frames = soundfile.info(utterance.path).duration / step
        again = sum(one == other for one, other in itertools.pairwise(said))
        fits = 0 < len(said) < config.teacher.max_target_length
        if fits and len(said) + again <= frames - 1:
            kept.append(utterance)
        else:
            dropped.append(utterance.key)
    return Manifest(kept), dropped


def count_unknown_words(config: ExperimentConfig, fold: Fold) -> dict[str, dict]:
    """Words outside the lexicon with their counts, by part."""
    lexicon = make_lexicon(config.phonemes)
    return {
        part: dict(
            lexicon.transcribe(
                [utterance.text for utterance in getattr(fold, part)]
            ).out_of_vocabulary.most_common()
        )
        for part in PARTS
    }


def check_rate_of_speech(
    config: ExperimentConfig, manifest: Manifest, targets, lengths: np.ndarray
) -> None:
    """Refuse utterances with more tokens than the CTC head has frames to write them.

    Args:
        config: the recipe.
        manifest: the utterances.
        targets: their `Targets`.
        lengths: (utterances,), frames of the shortest version.

    Raises:
        ManifestError: naming the first such utterance.
    """
    if not config.teacher_training.ctc_weight:
        return
    frames = -(-lengths // config.teacher.memory_stride)
    tokens = targets.ctc
    again = (tokens[:, 1:] == tokens[:, :-1]) & (tokens[:, 1:] > 0)  # need a blank
    needed = (tokens > 0).sum(axis=1) + again.sum(axis=1)
    short = np.flatnonzero(needed > frames)
    if len(short):
        first = short[0]
        raise ManifestError(
            f"utterance {manifest[int(first)].key!r}: its text needs {needed[first]} "
            f"frames of the decoder's memory and its audio has {frames[first]} "
            f"({len(short)} such utterances). Check that text and audio belong "
            "together, leave it out, or lower teacher.memory_stride."
        )


def _check_language(config, manifest):
    if config.phonemes.lexicon != "cmudict":
        return
    for utterance in manifest:
        language = utterance.language
        if language and language.lower().split("-")[0] not in ("en", "eng", "english"):
            raise ConfigError(
                f"phonemes.lexicon: cmudict is English, but utterance "
                f"{utterance.key!r} is in {language!r}. Set phonemes.lexicon=espeak "
                f"and phonemes.language={language}."
            )

"""Which folds a recipe asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from satn_keras.config import ProtocolConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.folds.datasets import cross_corpus
from satn_keras.experiments.folds.fold import Fold
from satn_keras.experiments.folds.published import published_folds
from satn_keras.experiments.folds.sentences import speaker_sentence_folds
from satn_keras.experiments.folds.sessions import leave_one_session_out
from satn_keras.experiments.folds.speakers import leave_one_speaker_out, speaker_folds

_MAKERS: dict[str, Callable[[Manifest, ProtocolConfig, int], Iterator[Fold]]] = {
    "leave_one_speaker_out": lambda manifest, config, seed: leave_one_speaker_out(
        manifest, config.validation_speakers, seed
    ),
    "leave_one_session_out": lambda manifest, config, seed: leave_one_session_out(
        manifest, config.directions, config.test_gender
    ),
    "speaker_folds": lambda manifest, config, seed: speaker_folds(
        manifest, config.num_folds, config.validation_speakers, seed
    ),
    "speaker_sentence_folds": lambda manifest, config, seed: speaker_sentence_folds(
        manifest,
        config.num_folds,
        config.sentence_groups,
        config.validation_speakers,
        seed,
    ),
    "published": lambda manifest, config, seed: published_folds(
        manifest,
        config.file,
        config.validation_speakers,
        seed,
        config.shared_speakers,
        config.unlisted,
    ),
    "cross_corpus": lambda manifest, config, seed: iter(
        [
            cross_corpus(
                manifest,
                config.test_datasets,
                config.train_datasets,
                config.validation_speakers,
                seed,
            )
        ]
    ),
}


def make_folds(manifest: Manifest, config: ProtocolConfig, seed: int) -> list[Fold]:
    """All folds of a recipe, checked before the first is trained.

    Args:
        manifest: Labelled utterances.
        config: The recipe's section `protocol`.
        seed: The recipe's; decides what the protocol leaves open.

    Raises:
        ManifestError: if a published table is broken.
        ProtocolError: if the manifest cannot be divided so.
    """
    return list(_MAKERS[config.folds](manifest, config, seed))

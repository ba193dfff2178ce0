"""Refusal of folds in which the same sound is learned from and tested."""

from __future__ import annotations

import collections
from collections.abc import Iterable

import soundfile

from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.sounds import listen
from satn_keras.errors import AudioError, ProtocolError
from satn_keras.experiments.folds.fold import Fold


def check_contents(fold: Fold) -> None:
    """Refuse a fold whose test part holds a sound that training or validation hears.

    Sounds are compared as decoded, so that a WAV file and its FLAC copy are the same.
    Only those as long as one of the other side are decoded: of corpora that have
    nothing in common, headers alone are read.

    Raises:
        AudioError: if a sound cannot be read.
        ProtocolError: naming two utterances of the same sound.
    """
    learning = Manifest((*fold.train, *fold.validation))
    heard, tested = _by_length(learning), _by_length(fold.test)
    common = heard.keys() & tested.keys()
    learned = {
        sound.digest: sound.utterance
        for sound in listen(_of(heard, common))
        if not sound.fault
    }
    for sound in listen(_of(tested, common)):
        other = learned.get(sound.digest)
        if other is not None and not sound.fault:
            raise ProtocolError(
                f"fold {fold.name!r}: {sound.utterance.path} of the test part holds "
                f"the same sound as {other.path}, which is learned from. Leave one of "
                "them out."
            )


def _by_length(manifest: Manifest) -> dict[tuple[int, int], list[Utterance]]:
    """Utterances by samples and sample rate of their files' headers."""
    found = collections.defaultdict(list)
    for one in manifest:
        try:
            header = soundfile.info(one.path)
        except (soundfile.LibsndfileError, TypeError, OSError) as error:
            raise AudioError(
                f"{one.path}: cannot be read ({error}). Check the file."
            ) from error
        found[header.frames, header.samplerate].append(one)
    return dict(found)


def _of(utterances: dict, lengths: Iterable) -> Manifest:
    return Manifest(one for length in lengths for one in utterances[length])

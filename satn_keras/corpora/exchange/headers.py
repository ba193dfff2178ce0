"""Length, rate and channels of a sound file, as other toolkits want them written."""

from __future__ import annotations

from typing import NamedTuple

import soundfile

from satn_keras.corpora.utterance import Utterance
from satn_keras.errors import AudioError


class Header(NamedTuple):
    """What the header of a sound file tells.

    Args:
        frames: Samples of each channel.
        sample_rate: In Hz.
        channels: How many.
    """

    frames: int
    sample_rate: int
    channels: int

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.frames / self.sample_rate


def header_of(utterance: Utterance) -> Header:
    """Header of an utterance's file.

    Raises:
        AudioError: if it cannot be read.
    """
    try:
        found = soundfile.info(utterance.path)
    except (soundfile.LibsndfileError, TypeError, OSError) as error:
        raise AudioError(
            f"{utterance.path}: cannot be read ({error}). Check the file."
        ) from error
    return Header(found.frames, found.samplerate, found.channels)

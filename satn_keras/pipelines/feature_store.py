"""Unnormalised features of many utterances, computed once and read at random."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from satn_keras.corpora import Manifest
from satn_keras.features import FeatureStatistics, whitening_matrix
from satn_keras.pipelines.read_ahead import read_ahead

# From (frames, bands, channels) to bool (frames, bands), or None for all.
Present = Callable[[np.ndarray], np.ndarray | None]


@dataclasses.dataclass(frozen=True)
class FeatureStore:
    """Features of every utterance of a manifest in every version.

    Row r holds utterance `r % len(manifest)` in version `r // len(manifest)`: a speed,
    the normal one first, or another change.

    Attributes:
        manifest: the utterances.
        lengths: (rows,), frames of each row; by the files' headers, which can be a
            frame off after resampling, where nothing is cached.
        fetch: from a row's number to (frames, bands, channels), float32, inside
            tf.data.
    """

    manifest: Manifest
    lengths: np.ndarray
    fetch: Callable[[tf.Tensor], tf.Tensor]

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def repeats(self) -> int:
        """Versions in which each utterance is there."""
        return len(self.lengths) // len(self.manifest)

    @property
    def speaker_ids(self) -> np.ndarray:
        """(rows,), a number for each speaker; one name in two corpora is two people."""
        names = [(one.dataset, one.speaker) for one in self.manifest]
        order = {name: index for index, name in enumerate(sorted(set(names)))}
        ids = [order[name] for name in names]
        return np.tile(np.asarray(ids, "int32"), self.repeats)

    @property
    def voice_ids(self) -> np.ndarray:
        """(rows,), a number for each speaker in each version.

        Played faster, a speaker has another pitch and other formants: another voice.
        So has one in noise or in a room, as the features tell it.
        """
        speakers = self.speaker_ids
        version = np.repeat(np.arange(self.repeats, dtype="int32"), len(self.manifest))
        return speakers + version * (speakers.max(initial=-1) + 1)

    def mapped(self, change: Callable[[tf.Tensor], tf.Tensor]) -> FeatureStore:
        """Store of the same rows, each row's features changed."""
        fetch = self.fetch
        return dataclasses.replace(self, fetch=lambda row: change(fetch(row)))

    def statistics(self, present: Present | None = None) -> tuple:
        """Mean and deviation, each (bands, channels), over all frames of all rows.

        Args:
            present: which values of a row's frames count; all when absent.
        """
        statistics = FeatureStatistics()
        for _, frames in self._each():
            statistics.add(frames, present and present(frames))
        return statistics.mean, statistics.deviation

    def whitening_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean, (bands, channels), and whitening matrix over all frames of all rows."""
        statistics = FeatureStatistics(covariance=True)
        for _, frames in self._each():
            statistics.add(frames)
        return statistics.mean, whitening_matrix(statistics.covariance)

    def voice_statistics(
        self, present: Present | None = None, prior: tuple | None = None
    ) -> np.ndarray:
        """(voices, 2, bands, channels): each voice's own mean and deviation.

        They need the speaker's audio alone, no label: what an application knows of
        a speaker it has heard before.

        Args:
            present: which values of a row's frames count; all when absent.
            prior: of each voice, as `FeatureStatistics` takes it.
        """
        voices = self.voice_ids
        by_voice = [FeatureStatistics(prior=prior) for _ in range(voices.max() + 1)]
        for row, frames in self._each():
            by_voice[voices[row]].add(frames, present and present(frames))
        return np.stack([(each.mean, each.deviation) for each in by_voice])

    def every_row(self) -> Iterator[np.ndarray]:
        """(frames, bands, channels) of each row, in order."""
        rows = tf.data.Dataset.range(len(self))
        rows = read_ahead(rows.map(self.fetch, tf.data.AUTOTUNE), 8)
        return rows.as_numpy_iterator()

    def _each(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each row once, with its features, in the order that is quickest to read."""
        return enumerate(self.every_row())

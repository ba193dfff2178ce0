"""Features of a shard's utterances, as the training pipeline computes them."""

from __future__ import annotations

import dataclasses
import pathlib

from satn_keras.beam.sharded_job import ShardWorker, file_identity
from satn_keras.config import FeatureConfig
from satn_keras.corpora import Manifest, Utterance
from satn_keras.corpora.sounds import listen
from satn_keras.errors import AudioError
from satn_keras.pipelines.read_ahead import read_ahead


@dataclasses.dataclass
class FeatureShards(ShardWorker):
    """Makes TFRecord shards of features.

    Attributes:
        features: fields of the `FeatureConfig`.
        settings: of the `FeatureSource`, which decide the features.
        speeds: playback rates.
        skip_bad: whether files that cannot be read are left out.
    """

    features: dict
    settings: dict
    speeds: tuple[float, ...]
    skip_bad: bool = False

    def start(self) -> None:
        import tensorflow as tf

        from satn_keras.features import DescriptorFrontEnd, FrontEnd
        from satn_keras.pipelines.feature_source import FeatureSource

        config = FeatureConfig.model_validate(self.features)
        described = config.descriptors != "none"
        front_end = DescriptorFrontEnd(config) if described else FrontEnd(config)
        backend = self.settings["backend"]
        source = FeatureSource(Manifest(), front_end, self.speeds, backend)
        self._hear = tf.function(source.hear)  # traced once, not for each shard

    def __getstate__(self):
        fields = dataclasses.fields(self)
        return {field.name: getattr(self, field.name) for field in fields}

    def identity(self) -> list:
        return [self.settings, self.speeds]

    def path_of(self, key, value) -> str:
        return value

    def accepts(self, record) -> bool:
        return self.skip_bad or not record["faults"]

    def make(self, items, path: pathlib.Path) -> dict:
        before = {key: file_identity(name) for key, name in items}
        manifest = Manifest(Utterance(key, name, "-") for key, name in items)
        sounds = {sound.utterance.key: sound for sound in listen(manifest)}
        faults = list(_faults(sounds.values(), self.features["sample_rate"]))
        record = {
            "faults": faults,
            "complete": self.skip_bad or not faults,
            "sounds": {key: sound.facts() for key, sound in sounds.items()},
        }
        if not record["complete"]:
            return record
        sound = manifest.without(key=[key for key, _, _ in faults])
        rows = self._write(sound, path)
        for row in rows:
            row |= dict(zip(("size", "modified"), before[row["key"]], strict=True))
            row["sound"] = sounds[row["key"]].digest.hex()
        return {**record, "rows": rows}

    def _write(self, manifest, path):
        """The shard's file; what the index is to know of each of its rows."""
        from satn_keras.pipelines.files import whole_path
        from satn_keras.pipelines.shard_records import ShardWriter

        rows = []
        with whole_path(path) as temporary, ShardWriter(temporary) as writer:
            for row, features in enumerate(self._extracted(manifest)):
                key = manifest[row % len(manifest)].key
                speed = self.speeds[row // len(manifest)]
                offset, size = writer.write(key, speed, features)
                place = {"offset": offset, "bytes": size, "frames": len(features)}
                rows.append({"key": key, "speed": speed, **place})
        return rows

    def _extracted(self, manifest):
        """(frames, bands, channels) of each utterance at each speed."""
        import tensorflow as tf

        if not len(manifest):
            return
        number = len(self.speeds)
        paths = [one.path for one in manifest] * number
        keys = [one.key for one in manifest] * number
        versions = [version for version in range(number) for _ in manifest]
        rows = tf.data.Dataset.from_tensor_slices((paths, keys, versions))
        rows = read_ahead(rows.map(self._hear, tf.data.AUTOTUNE), 8)
        try:
            yield from rows.as_numpy_iterator()
        except tf.errors.OpError as error:  # and `read_audio` finds no fault
            reason = " ".join(str(error).split())[:200]
            raise AudioError(
                f"{manifest[0].path} or a file beside it: {self.settings['backend']} "
                f"cannot decode what soundfile can ({reason}). Set "
                "SATN_AUDIO_BACKEND=soundfile."
            ) from error


def _faults(sounds, sample_rate):
    """(key, path, fault) of the files that no features can be made of."""
    from satn_keras.pipelines import read_audio

    for sound in sounds:
        if not sound.fault:
            continue  # else a silent file, for example: odd, but no hindrance
        one = sound.utterance
        try:
            read_audio(one.path, sample_rate)
        except AudioError as error:
            yield one.key, one.path, str(error)

"""Features of a manifest, prepared once into sharded TFRecords with an index."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Sequence

from satn_keras.beam.feature_index import gather, make_index
from satn_keras.beam.feature_shards import FeatureShards
from satn_keras.beam.job_folder import JobFolder, choose_num_shards
from satn_keras.beam.running import Progress, run_job
from satn_keras.config import FeatureConfig
from satn_keras.corpora import Manifest
from satn_keras.errors import AudioError
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines.feature_source import FeatureSource
from satn_keras.pipelines.shard_index import ShardIndex

MANIFEST = "manifest.csv"  # of what was prepared, beside the shards


class UnreadableFilesError(AudioError):
    """Sound files that cannot be read.

    Args:
        faults: a line for each, which names the file, the rule and the remedy.
    """

    def __init__(self, faults: Sequence[str]):
        super().__init__(
            f"{len(faults)} sound files cannot be read, the first: {faults[0]}"
        )
        self.faults = tuple(faults)


@dataclasses.dataclass(frozen=True)
class FeaturePreparation:
    """What is to be prepared.

    Attributes:
        manifest: the utterances.
        features: settings; `normalization` has no effect, it comes later.
        folder: to fill; a broken preparation in it goes on.
        speeds: playback rates, for the augmentation of training.
        num_shards: how many; a shard for every thousand utterances, 16 at least, when
            absent.
        skip_bad: whether sound files that cannot be read are left out, and listed in
            the index, instead of ending the preparation.
        backend: audio decoder, as for `decode`.
    """

    manifest: Manifest
    features: FeatureConfig
    folder: str | os.PathLike
    speeds: Sequence[float] = (1.0,)
    num_shards: int | None = None
    skip_bad: bool = False
    backend: str = "auto"


def prepare_features(
    preparation: FeaturePreparation,
    runner: str = "DirectRunner",
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> ShardIndex:
    """Shards of features and their index, made by a Beam pipeline.

    The shards' bytes depend on the utterances, the settings and the number of shards
    alone, not on the runner, its workers or the order of the manifest. Finished
    shards whose sound files, settings and checksum are as before are kept.

    Args:
        preparation: what to prepare.
        runner: name of a Beam runner. Its workers must see manifest, sound files and
            folder under the same names.
        options: of the runner.
        progress: called with (shards done, shards in all).

    Returns:
        The index, as it stands in the folder.

    Raises:
        ArtifactError: if the pipeline fails; finished shards stay.
        ConfigError: if the runner or one of its options is unknown, or the folder
            holds other things.
        ImportError: if openSMILE is needed and not installed.
        UnreadableFilesError: naming every sound file that cannot be read, unless they
            are to be skipped; the other shards stay.
    """
    source, folder, worker = _job(preparation)
    manifest = preparation.manifest
    folder.claim()
    folder.plan((one.key, os.path.abspath(one.path)) for one in manifest)
    run_job(worker, folder, runner, options, progress)
    gathered = gather(manifest, folder)
    if gathered.faults and not preparation.skip_bad:
        raise UnreadableFilesError([one["fault"] for one in gathered.faults])
    folder.clean()
    skipped = [one["key"] for one in gathered.faults]
    manifest.without(key=skipped).write(folder.path / MANIFEST)
    index = make_index(source, folder, gathered)
    index.write()
    return index


def _job(preparation):
    """Source of the features, folder of their shards, and who makes these."""
    config = preparation.features
    described = config.descriptors != "none"
    front_end = DescriptorFrontEnd(config) if described else FrontEnd(config)
    speeds = tuple(map(float, preparation.speeds))
    source = FeatureSource(preparation.manifest, front_end, speeds, preparation.backend)
    num_shards = choose_num_shards(preparation.num_shards, len(preparation.manifest))
    path = pathlib.Path(preparation.folder)
    folder = JobFolder(path, "shard", ".tfrecord", num_shards)
    worker = FeatureShards(
        config.model_dump(mode="json"), source.settings(), speeds, preparation.skip_bad
    )
    return source, folder, worker

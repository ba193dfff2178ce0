"""Features of one part of the data, with the versions that training adds."""

from __future__ import annotations

from satn_keras.config import AugmentationConfig, TrainingConfig
from satn_keras.corpora import Manifest
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.features import DescriptorFrontEnd, FrontEnd
from satn_keras.pipelines import FeatureStore, build_store
from satn_keras.pipelines.changes import make_changes


def part_store(
    manifest: Manifest,
    front_end: FrontEnd | DescriptorFrontEnd,
    settings: TrainingConfig,
    seed: int,
    run: RunDirectory,
    progress=None,
    training: bool = False,
) -> FeatureStore:
    """Store of a part's utterances; of a training part in every augmented version.

    Args:
        manifest: the part.
        front_end: computes the features.
        settings: augmentation, and where features are kept.
        seed: of the recipe.
        run: of this training; its folder keeps the disk cache.
        progress: as for `build_store`.
        training: whether it is the training part, the only one that is augmented.
    """
    return build_store(
        manifest,
        front_end,
        cache=settings.cache,
        folder=run.path / "cache",
        progress=progress,
        **versions_of(settings, seed, training),
    )


def versions_of(settings: TrainingConfig, seed: int, training: bool) -> dict:
    """Speeds and changes of a part, as `FeatureSource` takes them.

    Args:
        settings: augmentation.
        seed: of the recipe.
        training: whether it is the training part.
    """
    augmentation = settings.augmentation if training else AugmentationConfig()
    speeds = 1.0, *augmentation.speeds
    return {"speeds": speeds, "changes": make_changes(augmentation, seed)}

"""Changes that a recipe asks for."""

from satn_keras.config import AugmentationConfig
from satn_keras.pipelines.changes.change import Change
from satn_keras.pipelines.changes.noise import Noise
from satn_keras.pipelines.changes.pitch import Pitch
from satn_keras.pipelines.changes.reverberation import Reverberation
from satn_keras.pipelines.changes.vocal_tract import VocalTract


def make_changes(config: AugmentationConfig, seed: int) -> tuple[Change, ...]:
    """Changes of a training part besides its speeds, in the order of the recipe.

    Args:
        config: amounts of each.
        seed: of what is drawn.

    Example:
        >>> make_changes(AugmentationConfig(pitches=(-2, 2)), seed=1)
        (Pitch(semitones=-2.0), Pitch(semitones=2.0))
    """
    noises = ((kind, each) for kind, levels in config.noises for each in levels)
    return (
        *map(Pitch, config.pitches),
        *map(VocalTract, config.vocal_tracts),
        *(Noise(kind, decibels, seed) for kind, decibels in noises),
        *(Reverberation(seconds, seed) for seconds in config.reverberations),
    )

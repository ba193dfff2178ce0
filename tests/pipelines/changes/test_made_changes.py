"""What a recipe asks for is what training adds."""

from satn_keras.config import AugmentationConfig
from satn_keras.pipelines.changes import (
    Noise,
    Pitch,
    Reverberation,
    VocalTract,
    make_changes,
)


def test_a_recipe_that_says_nothing_changes_nothing():
    assert make_changes(AugmentationConfig(speeds=(0.9,)), seed=1) == ()


def test_each_amount_is_a_change_in_the_order_of_the_recipe():
    config = AugmentationConfig(
        pitches=(-2, 2.5),
        vocal_tracts=(0.9,),
        noises={"babble": (5,), "pink": (20, 10)},
        reverberations=(0.3,),
    )
    assert make_changes(config, seed=7) == (
        Pitch(-2),
        Pitch(2.5),
        VocalTract(0.9),
        Noise("pink", 20, seed=7),
        Noise("pink", 10, seed=7),
        Noise("babble", 5, seed=7),
        Reverberation(0.3, seed=7),
    )

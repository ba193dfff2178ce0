"""Recipes that are said to be another one with a few lines changed."""

import pathlib

import pandas as pd
import pytest

import satn_keras
from satn_keras.config import ExperimentConfig

RECIPES = pathlib.Path(satn_keras.__file__).parent / "experiments" / "recipes"


def settings(name):
    """Every setting of a recipe by its whole key."""
    config = ExperimentConfig.from_yaml(RECIPES / f"{name}.yaml")
    return pd.json_normalize(config.model_dump()).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("name", "other", "changed"),
    [
        (
            "satn-single",
            "satn",
            {
                "features.normalization": "training",
                "features.speaker_prior_seconds": 0.0,
                "student.statistics_weight": 4.0,
                "student.statistics_scaling": "agreement",
                "student.posterior_normalization": "none",
                "student.posterior_relevance": 0.0,
            },
        ),
        (
            "satn-streaming",
            "satn",
            {
                "features.normalization": "training",
                "features.speaker_prior_seconds": 0.0,
                "student.causal_attention": True,
                "student.attention_reach": 150,
                "student.statistics_weight": 0.0,
                "student.posterior_calibration": "none",
                "student.posterior_normalization": "none",
                "student.posterior_relevance": 0.0,
            },
        ),
    ],
)
def test_a_recipe_is_another_but_for(name, other, changed):
    ours, theirs = settings(name), settings(other)
    assert changed == {key: ours[key] for key in ours if ours[key] != theirs[key]}

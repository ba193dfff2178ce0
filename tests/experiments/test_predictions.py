"""Tables of posteriors come back from disk as they were."""

import numpy as np
import pytest

from satn_keras.corpora import Manifest, Utterance
from satn_keras.errors import ArtifactError
from satn_keras.experiments.predictions import (
    posterior_table,
    read_table,
    score_predictions,
    truth_and_posteriors,
)

# Names that a table's reader would take for numbers or for nothing.
CLASSES = ("1", "None")


@pytest.fixture
def table():
    manifest = Manifest(
        Utterance(f"0{number}", f"{number}.wav", "07", label)
        for number, label in enumerate(("1", "None", "None"))
    )
    posteriors = np.array([[0.75, 0.25], [0.5625, 0.4375], [0.125, 0.875]])
    return posterior_table(posteriors, manifest, CLASSES)


def test_words_stay_words(table, tmp_path):
    table.to_csv(tmp_path / "predictions.csv", index=False)
    again = read_table(tmp_path)
    assert again["key"].tolist() == ["00", "01", "02"]
    assert again["speaker"].tolist() == ["07", "07", "07"]
    assert again["truth"].tolist() == ["1", "None", "None"]
    truth, posteriors = truth_and_posteriors(again, CLASSES)
    assert truth.tolist() == [0, 1, 1]
    np.testing.assert_allclose(posteriors, table[list(CLASSES)])


def test_scores_are_those_of_the_largest_posterior(table):
    scores, interval = score_predictions(table, CLASSES)
    assert scores.recall == {"1": 1.0, "None": 0.5}
    assert interval.value == scores.ua == 0.75


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"predictions\.csv: missing or damaged"):
        read_table(tmp_path)

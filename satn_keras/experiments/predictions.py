"""Posteriors of utterances as a table, in memory and on disk, and their scores."""

from __future__ import annotations

import os
import pathlib

import numpy as np
import pandas as pd

from satn_keras.corpora import Manifest
from satn_keras.errors import ArtifactError
from satn_keras.evaluation import Interval, Scores, bootstrap_interval, score

TEXT = dict.fromkeys(("key", "speaker", "truth"), str)


def posterior_table(posteriors: np.ndarray, manifest: Manifest, classes):
    """Key, speaker, truth and one probability a class for each utterance."""
    table = pd.DataFrame(posteriors, columns=list(classes))
    table.insert(0, "key", [utterance.key for utterance in manifest])
    table.insert(1, "speaker", [utterance.speaker for utterance in manifest])
    table.insert(2, "truth", [utterance.label for utterance in manifest])
    return table


def read_table(folder: str | os.PathLike) -> pd.DataFrame:
    """Table in the file `predictions.csv` of a run.

    Raises:
        ArtifactError: if it is missing or damaged.
    """
    file = pathlib.Path(folder) / "predictions.csv"
    try:
        # A class may be called "1" or "none": its name stays a word.
        return pd.read_csv(file, dtype=TEXT, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{file}: missing or damaged ({error}). Train the run to its end."
        ) from error


def truth_and_posteriors(table: pd.DataFrame, classes) -> tuple[np.ndarray, np.ndarray]:
    """Class indices (utterances,) and posteriors (utterances, classes) of a table."""
    order = {name: index for index, name in enumerate(classes)}
    return table["truth"].map(order).to_numpy(), table[list(classes)].to_numpy()


def score_predictions(table: pd.DataFrame, classes) -> tuple[Scores, Interval]:
    """Scores of a table, and the interval of its `ua` over speakers."""
    truth, posteriors = truth_and_posteriors(table, classes)
    return (
        score(truth, posteriors, classes),
        bootstrap_interval(truth, posteriors, table["speaker"].tolist()),
    )

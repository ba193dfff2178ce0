"""Work on millions of files as Apache Beam pipelines, on this machine or many."""

try:
    import apache_beam  # noqa: F401
except ImportError as error:
    raise ImportError(
        "Beam pipelines need apache-beam, which is not installed. Install it with: "
        "pip install 'satn-keras[beam]'"
    ) from error

from satn_keras.beam.feature_preparation import (
    FeaturePreparation,
    UnreadableFilesError,
    prepare_features,
)
from satn_keras.beam.file_prediction import FilePrediction, predict_files

__all__ = [
    "FeaturePreparation",
    "FilePrediction",
    "UnreadableFilesError",
    "predict_files",
    "prepare_features",
]

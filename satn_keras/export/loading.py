"""Loading of `.keras` files that hold this package's layers."""

from __future__ import annotations

import os
from zipfile import BadZipFile

import keras

# Keras finds a layer by its registered name only once its module was imported.
import satn_keras.distribution.loss_scale
import satn_keras.features
import satn_keras.layers
import satn_keras.models  # noqa: F401
from satn_keras.errors import ArtifactError


def load_model(path: str | os.PathLike, **kwargs) -> keras.Model:
    """Model saved as `.keras`, with this package's layers known.

    Args:
        path: of the file.
        **kwargs: as for `keras.models.load_model`.

    Raises:
        ArtifactError: if there is no such file or it is damaged.
    """
    try:
        return keras.models.load_model(path, **kwargs)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        reason = " ".join(str(error).split())[:200]
        raise ArtifactError(
            f"{path}: cannot be loaded as a Keras model ({reason}). Check the path and "
            "that the file was written by this version or an older one."
        ) from error

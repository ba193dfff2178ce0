"""One version of an exported model in memory, warmed, with its signatures."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from satn_keras.errors import ArtifactError
from satn_keras.export.versions import CARD
from satn_keras.serving.json_arrays import Input
from satn_keras.serving.refusals import Refusal, clipped, malformed
from satn_keras.serving.saved_signatures import read_signatures
from satn_keras.serving.warmup import warm_up

# What TensorFlow raises for files that are missing, cut short or not its own.
_DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, RuntimeError),
    tf.errors.OpError,
)
_AT_FAULT = (tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError)


class LoadedModel:
    """Version of an exported model.

    Args:
        folder: of the version.

    Attributes:
        number: of the version, from the folder's name.
        sample_rate: of its waveforms, in Hz.
        signatures: inputs by name, by name of the signature.
        metadata: signatures as TensorFlow Serving's metadata tells them.

    Raises:
        ArtifactError: if it is no whole exported model, or fails its warm-up.
    """

    def __init__(self, folder: pathlib.Path):
        self.number = int(folder.name)
        try:
            card = (folder / "assets.extra" / CARD).read_text(encoding="utf-8")
            self.sample_rate = int(json.loads(card)["sample_rate"])
            self.metadata, defaults = read_signatures(folder)
            self._model = tf.saved_model.load(str(folder))
            self.signatures = {
                name: _inputs(function, defaults.get(name, ()))
                for name, function in self._model.signatures.items()
            }
            warm_up(self, folder)
        except (*_DAMAGE, Refusal) as error:
            raise ArtifactError(
                f"{folder}: not a whole exported model ({clipped(error, 200)}). Export "
                "the run again with `satn export`."
            ) from error

    def run(
        self, signature: str, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Outputs of a signature; bytes in arrays of objects.

        Raises:
            Refusal: 400 if the graph refuses the inputs, 503 if memory runs out.
        """
        tensors = {name: tf.constant(value) for name, value in inputs.items()}
        try:
            outputs = self._model.signatures[signature](**tensors)
        except _AT_FAULT as error:
            raise malformed(f"{signature}: {clipped(error.message, 200)}") from error
        except tf.errors.ResourceExhaustedError as error:
            raise Refusal(
                503,
                "This request needs more memory than there is. Send fewer or shorter "
                "utterances.",
            ) from error
        return {name: value.numpy() for name, value in outputs.items()}


def _inputs(function, defaults):
    taken = function.structured_input_signature[1]
    return {
        name: Input(
            spec.dtype.name,
            None if spec.shape.rank is None else tuple(spec.shape),
            name not in defaults,
        )
        for name, spec in taken.items()
    }

"""First runs of a model, so that no client waits for them.

A graph's first run allocates and plans; it takes many times what later ones take.
"""

from __future__ import annotations

import importlib.util
import pathlib

import numpy as np
import tensorflow as tf

RECORDS = "tf_serving_warmup_requests"  # below assets.extra, as the server has it
_SOME = 2  # utterances, so that padding is run too


def warm_up(model, folder: pathlib.Path) -> int:
    """Replay the records of the model, or silence where it has none.

    Args:
        model: with `signatures`, `sample_rate` and `run`.
        folder: of the version.

    Returns:
        How many requests were run.

    Raises:
        Refusal: if the model refuses one of them.
    """
    records = folder / "assets.extra" / RECORDS
    # Records are read by TensorFlow Serving's own definitions, of an extra.
    known = importlib.util.find_spec("tensorflow_serving") is not None
    if records.exists() and known:
        requests = list(_recorded(records))
    else:
        requests = list(_silence(model))
    for signature, inputs in requests:
        model.run(signature, inputs)
    return len(requests)


def _recorded(path):
    from tensorflow_serving.apis import prediction_log_pb2

    for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
        log = prediction_log_pb2.PredictionLog.FromString(record)
        request = log.predict_log.request
        name = request.model_spec.signature_name or "serving_default"
        yield (
            name,
            {key: tf.make_ndarray(value) for key, value in request.inputs.items()},
        )


def _silence(model):
    """A second of silence for each signature that takes waveforms."""
    sounds = {
        "waveform": np.zeros((_SOME, model.sample_rate), "float32"),
        "lengths": np.full(_SOME, model.sample_rate, "int32"),
    }
    for name, specs in model.signatures.items():
        required = {key for key, spec in specs.items() if spec.required}
        if "waveform" in required <= sounds.keys():
            yield name, {key: sounds[key] for key in required}

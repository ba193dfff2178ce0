"""Requests that TensorFlow Serving answers once before it lets anybody in."""

from __future__ import annotations

import io
import pathlib

import numpy as np
import soundfile
import tensorflow as tf

from satn_keras.export.versions import WARM_UP


def write_warm_up(extra: pathlib.Path, name: str, signatures) -> bool:
    """TFRecord of a `PredictionLog` for each signature.

    Each holds a second and a half second of quiet noise, so that the first caller
    waits for no kernel that is chosen, and no table that is built, on first use.

    Args:
        extra: folder `assets.extra` of the version.
        name: under which the model is served.
        signatures: `Signatures` of the model.

    Returns:
        Whether it was written; not where the protos of `tensorflow-serving-api`
        (extra `serving`) are not installed.
    """
    try:
        from tensorflow_serving.apis import predict_pb2, prediction_log_pb2
    except ImportError:
        return False
    values = _values(signatures.front_end)
    with tf.io.TFRecordWriter(str(extra / WARM_UP)) as writer:
        for signature, (_, specs) in signatures.functions.items():
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            request.model_spec.signature_name = signature
            for spec in specs:
                proto = tf.make_tensor_proto(values[spec.name])
                request.inputs[spec.name].CopyFrom(proto)
            log = prediction_log_pb2.PredictLog(request=request)
            record = prediction_log_pb2.PredictionLog(predict_log=log)
            writer.write(record.SerializeToString())
    return True


def _values(front_end):
    """A value for each argument that a signature takes."""
    rate = front_end.sample_rate
    noise = np.random.default_rng(0).normal(size=(2, rate)).astype("float32") / 100
    lengths = np.asarray([rate, rate // 2], "int32")
    bands = (front_end.num_bands, front_end.num_channels)
    return {
        "waveform": noise,
        "lengths": lengths,
        "audio_bytes": [
            _wav(row[:length], rate) for row, length in zip(noise, lengths, strict=True)
        ],
        "statistics": np.stack([np.zeros(bands), np.ones(bands)])[None].astype("f4"),
    }


def _wav(samples, rate):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()

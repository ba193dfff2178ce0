"""First runs of a model: by its records, or by silence."""

import json

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from satn_keras.errors import ArtifactError
from satn_keras.serving.json_arrays import Input
from satn_keras.serving.loaded_model import LoadedModel
from satn_keras.serving.warmup import RECORDS, warm_up
from tests.support.mean_model import save_mean_model


class Noting:
    """Model that notes what it was asked."""

    sample_rate = 5
    signatures = {
        "serving_default": {"waveform": Input("float32", (None, None))},
        "serve_lengths": {
            "waveform": Input("float32", (None, None)),
            "lengths": Input("int32", (None,)),
            "statistics": Input("float32", None, required=False),
        },
        "serve_bytes": {"audio_bytes": Input("string", (None,))},
    }

    def __init__(self):
        self.asked = {}

    def run(self, signature, inputs):
        self.asked[signature] = {key: value.tolist() for key, value in inputs.items()}


def test_without_records_every_signature_of_waveforms_hears_silence(tmp_path):
    model = Noting()
    assert warm_up(model, tmp_path) == 2
    silence = [[0.0] * 5] * 2
    assert model.asked == {
        "serving_default": {"waveform": silence},
        "serve_lengths": {"waveform": silence, "lengths": [5, 5]},
    }


def write_record(folder, waveform):
    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = "serving_default"
    request.inputs["waveform"].CopyFrom(tf.make_tensor_proto(waveform))
    log = prediction_log_pb2.PredictionLog(
        predict_log=prediction_log_pb2.PredictLog(request=request)
    )
    (folder / "assets.extra").mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / "assets.extra" / RECORDS)) as writer:
        writer.write(log.SerializeToString())


def test_records_are_replayed_as_the_official_server_does(tmp_path):
    write_record(tmp_path, np.full((1, 3), 0.5, "float32"))
    model = Noting()
    assert warm_up(model, tmp_path) == 1
    assert model.asked == {"serving_default": {"waveform": [[0.5] * 3]}}


def test_a_model_that_refuses_its_own_warm_up_is_not_served(tmp_path):
    folder = save_mean_model(tmp_path, 1)
    write_record(folder, np.zeros(3, "float32"))  # one axis too few
    with pytest.raises(ArtifactError, match=r"1: not a whole exported model \("):
        LoadedModel(folder)


def test_a_model_without_its_card_is_named(tmp_path):
    folder = save_mean_model(tmp_path, 1)
    (folder / "assets.extra" / "recognizer.json").write_text(json.dumps({}))
    with pytest.raises(ArtifactError, match="1: not a whole exported model"):
        LoadedModel(folder)

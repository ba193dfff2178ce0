"""A server of TensorFlow Serving's gRPC services, with answers known by heart."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import grpc
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)


class Means(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """Answers with the mean of the true samples; refuses as it is told to.

    Attributes:
        specs: model, signature, version and label of each call, and its key.
        refusals: (code, details) of the calls to come, the next one first.
    """

    def __init__(self):
        self.specs = []
        self.refusals = []

    def Predict(self, request, context):  # noqa: N802, gRPC's name
        self._receive(request.model_spec, context)
        answer = predict_pb2.PredictResponse()
        inputs = {
            name: tf.make_ndarray(value) for name, value in request.inputs.items()
        }
        if "audio_bytes" in inputs:
            means = [float(len(sound)) for sound in inputs["audio_bytes"]]
        else:
            pairs = zip(inputs["waveform"], inputs["lengths"], strict=True)
            means = [float(row[:length].mean()) for row, length in pairs]
        outputs = {
            "label": [f"m{mean:g}" for mean in means],
            "score": means,
            "probabilities": [[mean, 1 - mean] for mean in means],
        }
        for name, value in outputs.items():
            kind = tf.string if name == "label" else tf.float32
            answer.outputs[name].CopyFrom(tf.make_tensor_proto(value, kind))
        return answer

    def GetModelMetadata(self, request, context):  # noqa: N802
        self._receive(request.model_spec, context)
        assert list(request.metadata_field) == ["signature_def"]
        found = get_model_metadata_pb2.SignatureDefMap()
        for name in ("waveform", "lengths"):
            found.signature_def["serve_lengths"].inputs[name].name = name
        answer = get_model_metadata_pb2.GetModelMetadataResponse()
        answer.metadata["signature_def"].Pack(found)
        return answer

    def GetModelStatus(self, request, context):  # noqa: N802
        self._receive(request.model_spec, context)
        answer = get_model_status_pb2.GetModelStatusResponse()
        states = get_model_status_pb2.ModelVersionStatus.State
        for version, state in ((2, "AVAILABLE"), (1, "END")):
            answer.model_version_status.add(version=version, state=states.Value(state))
        return answer

    def _receive(self, spec, context):
        shown = dict(context.invocation_metadata()).get("authorization")
        self.specs.append(
            (
                spec.name,
                spec.signature_name,
                spec.version.value,
                spec.version_label,
                shown,
            )
        )
        if self.refusals:
            context.abort(*self.refusals.pop(0))


@contextlib.contextmanager
def grpc_server(service):
    """Address of a started server."""
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            service, server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(service, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"grpc://127.0.0.1:{port}"
        finally:
            server.stop(None).wait()

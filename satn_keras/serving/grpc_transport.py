"""Predict calls over gRPC, in TensorFlow Serving's own messages."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from satn_keras.errors import ServingError
from satn_keras.serving.backoff import Passing
from satn_keras.serving.served_model import ServedModel

_PASSING = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
)
_MOST_BYTES = 1 << 30  # of a message; gRPC's own bound is 4 MiB, 65 s of audio


class GrpcTransport:
    """Calls of one model over gRPC; a key is shown as metadata `authorization`.

    Args:
        model: what is asked, and where.
    """

    def __init__(self, model: ServedModel):
        self._model = model
        key = model.api_key
        self._shown = [] if key is None else [("authorization", f"Bearer {key}")]
        self._channel = grpc.insecure_channel(
            model.address,
            options=[
                ("grpc.max_send_message_length", _MOST_BYTES),
                ("grpc.max_receive_message_length", _MOST_BYTES),
                # The tries are ours, so that each says what the last one heard.
                ("grpc.enable_retries", 0),
                ("grpc.initial_reconnect_backoff_ms", 100),
                ("grpc.max_reconnect_backoff_ms", 1000),
            ],
        )
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(
            self._channel
        )
        self._models = model_service_pb2_grpc.ModelServiceStub(self._channel)

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Outputs of a signature; texts are strings in arrays of objects.

        Raises:
            ServingError: with what the server said.
        """
        request = predict_pb2.PredictRequest()
        self._name(request.model_spec, signature)
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        answer = self._call(self._predictions.Predict, request)
        return {name: _read(value) for name, value in answer.outputs.items()}

    def status(self) -> dict[int, str]:
        """State of each version, such as {1: "AVAILABLE"}.

        Raises:
            ServingError: with what the server said.
        """
        request = get_model_status_pb2.GetModelStatusRequest()
        self._name(request.model_spec)
        told = self._call(self._models.GetModelStatus, request)
        states = get_model_status_pb2.ModelVersionStatus.State
        return {
            each.version: states.Name(each.state) for each in told.model_version_status
        }

    def signatures(self) -> dict[str, tuple[str, ...]]:
        """Names of the inputs of each signature.

        Raises:
            ServingError: with what the server said.
        """
        request = get_model_metadata_pb2.GetModelMetadataRequest()
        request.metadata_field.append("signature_def")
        self._name(request.model_spec)
        told = self._call(self._predictions.GetModelMetadata, request)
        found = get_model_metadata_pb2.SignatureDefMap()
        told.metadata["signature_def"].Unpack(found)
        return {name: tuple(each.inputs) for name, each in found.signature_def.items()}

    def close(self) -> None:
        """Close its connection."""
        self._channel.close()

    def _name(self, spec, signature=""):
        spec.name = self._model.name
        spec.signature_name = signature
        if self._model.label is not None:
            spec.version_label = self._model.label
        elif self._model.version is not None:
            spec.version.value = self._model.version

    def _call(self, method, request):
        return self._model.backoff.call(lambda: self._try(method, request))

    def _try(self, method, request):
        try:
            seconds = self._model.timeout
            return method(request, timeout=seconds, metadata=self._shown)
        except grpc.RpcError as error:
            said = " ".join((error.details() or "nothing").split())
            told = ServingError(
                f"grpc://{self._model.address}: the server said {error.code().name}: "
                f"{said}"
            )
            if error.code() in _PASSING:
                raise Passing(told) from error
            raise told from error


def _read(proto):
    array = tf.make_ndarray(proto)
    if array.dtype != object:
        return array
    texts = [each.decode(errors="replace") for each in array.ravel()]
    return np.asarray(texts, object).reshape(array.shape)

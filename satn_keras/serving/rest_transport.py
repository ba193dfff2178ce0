"""Predict calls over HTTP, in TensorFlow Serving's JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import httpx
import numpy as np
import orjson

from satn_keras.errors import ServingError
from satn_keras.serving.backoff import Passing
from satn_keras.serving.served_model import ServedModel

# Refused for now: too many at once, no answer behind a proxy, no answer in time.
_PASSING = (429, 502, 503, 504)


class RestTransport:
    """Calls of one model over HTTP; a key is shown in the header `Authorization`.

    Args:
        model: what is asked, and where.
    """

    def __init__(self, model: ServedModel):
        which = f"/versions/{model.version}" if model.version is not None else ""
        which = f"/labels/{model.label}" if model.label is not None else which
        self._path = f"/v1/models/{model.name}{which}"
        self._url = model.address.rstrip("/")
        self._backoff = model.backoff
        key = model.api_key
        self._client = httpx.Client(
            base_url=self._url,
            timeout=model.timeout,
            headers={} if key is None else {"Authorization": f"Bearer {key}"},
            trust_env=False,
        )

    def predict(
        self, signature: str, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Outputs of a signature; texts are strings in arrays of objects.

        Raises:
            ServingError: with what the server said.
        """
        columns = {name: _written(np.asarray(value)) for name, value in inputs.items()}
        body = orjson.dumps(
            {"signature_name": signature, "inputs": columns},
            option=orjson.OPT_SERIALIZE_NUMPY,
        )
        outputs = self._call("POST", f"{self._path}:predict", body, "outputs")
        if not isinstance(outputs, dict):
            outputs = {"output": outputs}
        return {name: np.asarray(value) for name, value in outputs.items()}

    def status(self) -> dict[int, str]:
        """State of each version, such as {1: "AVAILABLE"}.

        Raises:
            ServingError: with what the server said.
        """
        told = self._call("GET", self._path, None, "model_version_status")
        return {int(each["version"]): each["state"] for each in told}

    def signatures(self) -> dict[str, tuple[str, ...]]:
        """Names of the inputs of each signature.

        Raises:
            ServingError: with what the server said.
        """
        told = self._call("GET", f"{self._path}/metadata", None, "metadata")
        found = told["signature_def"]["signature_def"]
        return {name: tuple(each["inputs"]) for name, each in found.items()}

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _call(self, method, path, body, part):
        """Value of the answer's key `part`."""
        answer = self._backoff.call(lambda: self._try(method, path, body))
        if not isinstance(answer, dict) or part not in answer:
            raise ServingError(
                f"{self._url}{path}: the answer has no {part!r}. Check that this is "
                "the address of a model server."
            )
        return answer[part]

    def _try(self, method, path, body):
        where = f"{self._url}{path}"
        try:
            response = self._client.request(method, path, content=body)
        except httpx.TransportError as error:
            raise Passing(_unreached(where, error)) from error
        if response.is_success:
            return _parsed(where, response)
        error = ServingError(
            f"{where}: the server said {response.status_code}: {_said(response)}"
        )
        if response.status_code in _PASSING:
            raise Passing(error, _asked_wait(response))
        raise error


def _written(value):
    if value.dtype != object:
        return np.ascontiguousarray(value) if value.ndim else value[()]
    return [{"b64": base64.b64encode(each).decode()} for each in value]


def _unreached(where, error):
    reason = str(error) or type(error).__name__
    return ServingError(
        f"{where}: no answer ({reason}). Check that the server runs and listens there."
    )


def _parsed(where, response):
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise ServingError(
            f"{where}: the answer is not JSON ({response.text[:80]!r}). Check that "
            "this is the address of a model server."
        ) from error


def _said(response):
    """What the server said: its `error`, or the beginning of whatever it sent."""
    try:
        return " ".join(str(orjson.loads(response.content)["error"]).split())
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return " ".join(response.text.split())[:200] or response.reason_phrase


def _asked_wait(response):
    words = response.headers.get("retry-after", "")
    return float(words) if words.isdecimal() else None

"""Predict requests of TensorFlow Serving's REST interface, from JSON.

References:
    TensorFlow Serving, RESTful API: row format ("instances"), column format
    ("inputs"), base64 bytes ({"b64": ...}).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import orjson

from satn_keras.serving.json_arrays import Input, is_base64, read_array
from satn_keras.serving.refusals import clipped, malformed

DEFAULT_SIGNATURE = "serving_default"


@dataclasses.dataclass(frozen=True)
class PredictRequest:
    """What a client asks.

    Attributes:
        signature: name of it.
        inputs: NumPy arrays by input name; bytes in arrays of objects.
        by_rows: whether "instances" were sent, and "predictions" are expected.
    """

    signature: str
    inputs: dict[str, np.ndarray]
    by_rows: bool


def read_request(
    body: bytes, signatures: Mapping[str, Mapping[str, Input]]
) -> PredictRequest:
    """Request in the body.

    Args:
        body: JSON.
        signatures: inputs by name, by name of the signature.

    Raises:
        Refusal: 400, if the body breaks a rule of the protocol.
    """
    document = _document(body)
    name = _signature(document, signatures)
    given = [key for key in ("instances", "inputs") if key in document]
    if not given:
        raise malformed("Missing 'inputs' or 'instances' key.")
    if len(given) == 2:
        raise malformed("Only one of 'inputs' and 'instances' may be sent.")
    by_rows = given == ["instances"]
    take = _from_rows if by_rows else _from_columns
    columns = take(document[given[0]], signatures[name])
    return PredictRequest(name, _arrays(columns, signatures[name]), by_rows)


def _document(body):
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise malformed(
            f"JSON Parse error: {clipped(error)}. Send one object; NaN and Infinity "
            "are not JSON."
        ) from error
    if not isinstance(document, dict):
        raise malformed("JSON Value: Is not object. Send one object.")
    return document


def _signature(document, signatures):
    name = document.get("signature_name") or DEFAULT_SIGNATURE
    if not isinstance(name, str):
        raise malformed("'signature_name' key must be a string value.")
    if name not in signatures:
        raise malformed(
            f'Serving signature name: "{clipped(name)}" not found in signature def. '
            f"This model has: {', '.join(sorted(signatures))}."
        )
    return name


def _from_rows(rows, specs):
    """Columns of "instances": a list of values, or of objects with every input."""
    if not isinstance(rows, list) or not rows:
        raise malformed("'instances' must be a list with at least one element.")
    if not _is_named(rows[0]):
        return {_only(specs, "instances is a plain list"): rows}
    columns = {name: [] for name in rows[0]}
    for number, row in enumerate(rows):
        if not _is_named(row) or row.keys() != columns.keys():
            raise malformed(
                f"Failed to process element: {number} of 'instances' list. Its keys "
                f"must be those of the first: {clipped(', '.join(columns))}."
            )
        for name, value in row.items():
            columns[name].append(value)
    return columns


def _from_columns(value, specs):
    """Columns of "inputs": one value, or an object with every input."""
    if _is_named(value):
        return value
    return {_only(specs, "inputs is a plain value/list"): value}


def _is_named(value):
    return isinstance(value, dict) and not is_base64(value)


def _only(specs, what):
    """Name of the one input that must be given."""
    required = [name for name, spec in specs.items() if spec.required]
    if len(required) != 1:
        raise malformed(
            f"{what}, but objects are expected as this signature has the inputs: "
            f"{', '.join(specs)}."
        )
    return required[0]


def _arrays(columns, specs):
    required = {name for name, spec in specs.items() if spec.required}
    for what, names in (
        ("Missing", required - columns.keys()),
        ("Unknown", columns.keys() - specs.keys()),
    ):
        if names:
            raise malformed(
                f"{what} named input: {clipped(min(names))}. This signature takes: "
                f"{', '.join(specs)}."
            )
    return {
        name: read_array(name, value, specs[name]) for name, value in columns.items()
    }

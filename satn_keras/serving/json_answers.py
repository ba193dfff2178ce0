"""Predict answers of TensorFlow Serving's REST interface, to JSON.

References:
    TensorFlow Serving, RESTful API: row format ("predictions"), column format
    ("outputs"), base64 for outputs whose names end in "_bytes".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np
import orjson

from satn_keras.serving.refusals import malformed

BYTES_SUFFIX = "_bytes"


def write_answer(outputs: Mapping[str, np.ndarray], by_rows: bool) -> bytes:
    """Answer in JSON, by rows or by columns as it was asked.

    Args:
        outputs: arrays by name; the batch axis first where rows are asked. Bytes in
            arrays of objects.
        by_rows: as `PredictRequest.by_rows`.

    Raises:
        Refusal: 400, if rows are asked of outputs that have no common batch axis.
    """
    if by_rows and len({value.shape[:1] for value in outputs.values()} - {()}) != 1:
        raise malformed(
            "The outputs of this signature have no common first axis. Ask with "
            "'inputs' in place of 'instances'."
        )
    columns = {name: _plain(name, value) for name, value in outputs.items()}
    if by_rows:
        answer = {"predictions": _rows(columns)}
    else:
        single = len(columns) == 1
        answer = {"outputs": next(iter(columns.values())) if single else columns}
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def _rows(columns):
    if len(columns) == 1:
        return list(*columns.values())
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _plain(name, value):
    """Value that JSON can hold; numbers stay arrays, which keeps their short form."""
    if value.dtype != object:
        return np.ascontiguousarray(value) if value.ndim else value[()]
    return _text(value.tolist(), name.endswith(BYTES_SUFFIX))


def _text(value, as_bytes):
    if isinstance(value, list):
        return [_text(each, as_bytes) for each in value]
    if as_bytes:
        return {"b64": base64.b64encode(value).decode()}
    return value.decode(errors="replace")

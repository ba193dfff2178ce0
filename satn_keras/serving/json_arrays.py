"""Arrays from JSON's nested lists, of the kind and shape that a signature takes."""

from __future__ import annotations

import base64
import binascii
import dataclasses

import numpy as np

from satn_keras.serving.refusals import clipped, malformed

# Kinds of JSON numbers that may stand for each kind of array, as NumPy names them.
_KINDS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}


@dataclasses.dataclass(frozen=True)
class Input:
    """What an input of a signature must be.

    Attributes:
        dtype: "float32", "int32", "string", ...
        shape: None for an axis that varies; None as a whole for any shape.
        required: whether the signature has no default for it.
    """

    dtype: str
    shape: tuple[int | None, ...] | None
    required: bool = True


def read_array(name: str, value: object, spec: Input) -> np.ndarray:
    """Array of a JSON value.

    Args:
        name: of the input, for messages.
        value: nested lists of numbers, strings or {"b64": "..."}.
        spec: what it must be.

    Returns:
        Array of the spec's kind; bytes in an array of objects.

    Raises:
        Refusal: 400, if the value is ragged, of another kind or shape, or no finite
            number.
    """
    read = _strings if spec.dtype == "string" else _numbers
    array = read(name, value, spec)
    if spec.shape is not None and not _fits(array.shape, spec.shape):
        wanted = ", ".join("any" if size is None else str(size) for size in spec.shape)
        raise malformed(
            f"`{name}` must have the shape ({wanted}). Received: {array.shape}."
        )
    return array


def is_base64(value: object) -> bool:
    """Whether the value has the form {"b64": ...}."""
    return isinstance(value, dict) and value.keys() == {"b64"}


def _fits(shape, wanted):
    pairs = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(
        want in (None, have) for have, want in pairs
    )


def _numbers(name, value, spec):
    try:
        array = np.array(value)
    except (ValueError, OverflowError) as error:
        raise _unlike(name, value, spec) from error
    kind = np.dtype(spec.dtype).kind
    if array.size and array.dtype.kind not in _KINDS[kind]:
        raise _unlike(name, value, spec)
    with np.errstate(over="ignore", invalid="ignore"):
        converted = array.astype(spec.dtype)
    exact = np.isfinite(converted) if kind == "f" else converted == array
    if not exact.all():
        raise malformed(
            f"`{name}`: every value must be a finite number that {spec.dtype} holds. "
            "Record or decode the audio again."
        )
    return converted


def _unlike(name, value, spec):
    return malformed(
        f"`{name}` must be {spec.dtype}, in lists of equal length at each level. "
        f"Received: {clipped(value, 40)}."
    )


def _strings(name, value, spec):
    flat = []
    try:
        shape = _flatten(name, value, flat)
    except RecursionError:
        shape = None
    if shape is None:
        raise _unlike(name, value, spec)
    array = np.empty(len(flat), object)
    array[:] = flat
    return array.reshape(shape)


def _flatten(name, value, flat):
    """Shape of nested lists whose bytes are added to `flat`; None where ragged."""
    if not isinstance(value, list):
        flat.append(_bytes(name, value))
        return ()
    shapes = {_flatten(name, each, flat) for each in value} or {()}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(value), *shapes.pop())


def _bytes(name, value):
    if isinstance(value, str):
        return value.encode()
    if not is_base64(value) or not isinstance(value["b64"], str):
        raise malformed(
            f"`{name}` must be strings, or bytes as {{'b64': '...'}}. Received: "
            f"{clipped(value, 40)}."
        )
    text = value["b64"]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed(
            f"`{name}`: Unable to base64 decode ({clipped(error)}). Encode the bytes "
            "of the file, without line breaks."
        ) from error

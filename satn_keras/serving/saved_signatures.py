"""Signatures as a SavedModel's file has them, for TensorFlow Serving's metadata."""

from __future__ import annotations

import pathlib

import google.protobuf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2

SERVE = "serve"  # tag of the graph that servers take
# Fields at their defaults are printed too, as the server does; the word changed.
_WORDY = (
    "including_default_value_fields"
    if int(google.protobuf.__version__.split(".")[0]) < 5
    else "always_print_fields_with_no_presence"
)


def read_signatures(folder: pathlib.Path) -> tuple[dict, dict[str, set[str]]]:
    """Signatures of the SavedModel in `folder`.

    Returns:
        `signature_def` in JSON's terms, and the names of the inputs with a default,
        by signature.
    """
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((folder / "saved_model.pb").read_bytes())
    graph = next(g for g in saved.meta_graphs if SERVE in g.meta_info_def.tags)
    told, defaults = {}, {}
    for name, signature in graph.signature_def.items():
        told[name] = json_format.MessageToDict(
            signature, preserving_proto_field_name=True, **{_WORDY: True}
        )
        defaults[name] = set(getattr(signature, "defaults", ()))
    return told, defaults

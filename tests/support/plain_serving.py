"""Runs an exported model as a server would: TensorFlow alone, nothing of this package.

Run as a script of its own. Usage: python plain_serving.py MODEL INPUTS.npz OUT.npz
writes the answers of `serve_lengths`, and the operations of the graph.
"""

import sys

import numpy as np


class Refuse:
    """Import hook to which this package is not installed."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("satn_keras", "tests"):
            raise ImportError(f"{name} must not be needed")


if __name__ == "__main__":
    sys.meta_path.insert(0, Refuse())

import tensorflow as tf  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402
from tensorflow.python.framework import op_def_registry  # noqa: E402


def operations(path):
    """Kinds of operations of the graph and of every function in its library."""
    saved = saved_model_pb2.SavedModel()
    with open(f"{path}/saved_model.pb", "rb") as file:
        saved.ParseFromString(file.read())
    found, functions = set(), set()
    for graph in (meta.graph_def for meta in saved.meta_graphs):
        found.update(node.op for node in graph.node)
        for function in graph.library.function:
            functions.add(function.signature.name)
            found.update(node.op for node in function.node_def)
    return sorted(found - functions)


def main(model, inputs, out):
    """Answers of the model, its operations, and those TensorFlow does not know."""
    kinds = operations(model)
    values = dict(np.load(inputs))
    answer = tf.saved_model.load(model).signatures["serve_lengths"](
        **{name: tf.constant(value) for name, value in values.items()}
    )
    unknown = [kind for kind in kinds if op_def_registry.get(kind) is None]
    if "satn_keras" in sys.modules:
        sys.exit("satn_keras was loaded")
    np.savez(
        out,
        operations=kinds,
        unknown=np.asarray(unknown, dtype=str),
        **{name: value.numpy() for name, value in answer.items()},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

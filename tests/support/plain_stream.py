"""Runs an exported stream as another program would: nothing of this package.

Run as a script of its own. Usage: python plain_stream.py MODEL INPUT.npy OUT.npz, where
MODEL is a SavedModel's folder, heard by TensorFlow, or a LiteRT file, heard without.
"""

import sys

import numpy as np


class Refuse:
    """Import hook to which these packages are not installed."""

    def __init__(self, *names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ImportError(f"{name} must not be needed")


def litert_functions(path):
    """`stream_start` and `stream` of a LiteRT file."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path)
    names = ("stream_start", "stream")
    start, step = (interpreter.get_signature_runner(name) for name in names)
    return start, step, step.get_input_details()["waveform"]["shape"][1]


def tensorflow_functions(path):
    """`stream_start` and `stream` of a SavedModel."""
    import tensorflow as tf

    loaded = tf.saved_model.load(path)  # must outlive its signatures

    def call(name, inputs):
        inputs = {key: tf.constant(value) for key, value in inputs.items()}
        return loaded.signatures[name](**inputs)

    block = loaded.signatures["stream"].structured_input_signature[1]["waveform"]
    return (
        lambda **inputs: call("stream_start", inputs),
        lambda **inputs: call("stream", inputs),
        block.shape[1],
    )


def stream(start, step, block, waveform):
    """Posterior after each frame of the waveform, (frames, classes)."""
    state, rows = start(streams=np.ones(1, "int32")), []
    pieces = [waveform[at : at + block] for at in range(0, len(waveform), block)]
    at = 0
    while True:
        piece = pieces[at] if at < len(pieces) else waveform[:0]
        padded = np.zeros((1, block), "float32")
        padded[0, : len(piece)] = piece
        state = step(
            waveform=padded,
            lengths=np.asarray([len(piece)], "int32"),
            end=np.asarray([at >= len(pieces)]),
            **{key: value for key, value in state.items() if key[:6] == "state_"},
        )
        new = int(np.asarray(state["new_frames"])[0])
        rows.append(np.asarray(state["course"])[0, :new])
        if at >= len(pieces) and not new:
            return np.concatenate(rows)
        at += 1


def main(model, waveform, out):
    """Course of the stream into a file."""
    lite = model.endswith(".tflite")
    refused = ("satn_keras", "tests", *(["tensorflow", "keras"] if lite else []))
    sys.meta_path.insert(0, Refuse(*refused))
    functions = litert_functions if lite else tensorflow_functions
    np.savez(out, course=stream(*functions(model), np.load(waveform)))


if __name__ == "__main__":
    main(*sys.argv[1:])

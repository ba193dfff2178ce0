"""A student by Keras, SavedModel, LiteRT or ONNX."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from timing import measure, read_job  # noqa: E402


def by_keras(path, cores):
    import numpy as np

    from satn_keras import from_preset

    student = from_preset(path)

    def run(sound):
        features, mask = student.front_end(np.asarray([sound], "float32"))
        heard = {"features": features, "mask": mask}
        return np.asarray(student.model(heard, training=False))

    return run, student.model.count_params()


def by_saved_model(path, cores):
    import numpy as np
    import tensorflow as tf

    model = tf.saved_model.load(path)
    function = model.signatures["serve_lengths"]

    def run(sound):
        waveform, lengths = _batch(np, sound)
        answer = function(waveform=tf.constant(waveform), lengths=tf.constant(lengths))
        return answer["probabilities"].numpy()

    return run, None


def by_litert(path, cores):
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(path, num_threads=cores).get_signature_runner("serve_lengths")

    def run(sound):
        waveform, lengths = _batch(np, sound)
        return runner(waveform=waveform, lengths=lengths)["probabilities"]

    return run, None


def by_onnx(path, cores):
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores
    session = onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"]
    )
    names = [each.name for each in session.get_inputs()]

    def run(sound):
        waveform, lengths = _batch(np, sound)
        given = {n: lengths if "lengths" in n else waveform for n in names}
        return session.run(None, given)[0]

    return run, None


def _batch(np, sound):
    return np.asarray([sound], "float32"), np.asarray([len(sound)], "int32")


SIDES = {
    "Keras": by_keras,
    "SavedModel": by_saved_model,
    "LiteRT": by_litert,
    "ONNX": by_onnx,
}

if __name__ == "__main__":
    job = read_job()
    side = SIDES[job["kind"].split()[0]]
    measure(job, lambda: side(job["path"], job["cores"]))

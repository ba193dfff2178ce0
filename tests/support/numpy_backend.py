"""Run saved models on Keras's NumPy backend, in a process without TensorFlow.

    KERAS_BACKEND=numpy python -m tests.support.numpy_backend FOLDER

loads every FOLDER/*.keras, calls it on the named arrays of the .inputs.npz
beside it, and writes .outputs.npz. Keras's NumPy backend borrows convolution
and FFT from JAX; where JAX is not installed, `lend_convolution` stands in.
"""

import importlib.util
import pathlib
import sys
import types

import numpy as np


def lend_convolution():
    """Put modules in JAX's place that hold one function, written in NumPy."""
    jax, lax = types.ModuleType("jax"), types.ModuleType("jax.lax")
    jax.lax, lax.conv_general_dilated = lax, convolve_frames
    lax.ConvDimensionNumbers = types.SimpleNamespace
    jax.monitoring = types.SimpleNamespace(record_scalar=None)
    borrowed = types.ModuleType("keras.src.backend.jax.math")
    borrowed.fft = borrowed.fft2 = None
    package = types.ModuleType("keras.src.backend.jax")
    package.math = borrowed
    for module in (jax, lax, package, borrowed):
        sys.modules[module.__name__] = module


def convolve_frames(x, kernel, window_strides, padding, rhs_dilation, **_):
    """Valid convolution of (batch, frames, channels) with stride 1."""
    if padding.upper() != "VALID" or tuple(window_strides) != (1,):
        raise NotImplementedError(f"{padding}, {window_strides}")
    (gap,) = rhs_dilation
    frames = x.shape[1] - gap * (len(kernel) - 1)
    return sum(x[:, gap * i : gap * i + frames] @ tap for i, tap in enumerate(kernel))


def main(folder):
    """See the module's docstring."""
    if importlib.util.find_spec("jax") is None:
        lend_convolution()
    import keras

    import satn_keras.models  # noqa: F401  (registers the layers)

    for path in pathlib.Path(folder).glob("*.keras"):
        model = keras.saving.load_model(path)
        inputs = dict(np.load(path.with_suffix(".inputs.npz")))
        outputs = keras.tree.flatten(model(inputs))
        np.savez(path.with_suffix(".outputs.npz"), *outputs)
    print(keras.backend.backend(), "tensorflow" in sys.modules)


if __name__ == "__main__":
    main(sys.argv[1])

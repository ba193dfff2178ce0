"""Weights of a LiteRT file in fewer bytes, those of the front end spared."""

from __future__ import annotations

import numpy as np

PRODUCTS = ("FULLY_CONNECTED", "CONV_2D")
# Versions of these operations that take 8-bit weights and quantise what they hear,
# as LiteRT's own converter writes them.
HYBRID_VERSIONS = {"FULLY_CONNECTED": 9, "CONV_2D": 5}
LARGEST = 127  # of a symmetric 8-bit weight


def smaller_weights(data: bytes, precision: str, spared: str) -> bytes:
    """The file with the network's matrices and kernels in "float16" or "int8".

    LiteRT's own converter shrinks the tables of the front end as well. In 8 bits the
    features of voice then become others and the answer a guess; in half precision its
    large constants become infinite and the answer nan.

    - "float16": stored so and made float32 when the file is loaded.
    - "int8": a scale for each matrix or each of a kernel's filters; what is multiplied
      is quantised as it comes, and the product is float32 (dynamic range).

    Args:
        data: LiteRT file in float32.
        precision: "float16" or "int8".
        spared: how the names of the values begin whose weights stay float32.

    Returns:
        The smaller file.
    """
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(data))
    shrink = {"float16": _to_half, "int8": _to_int8}[precision]
    for graph in model.subgraphs:
        shared = {}
        for operator, kind in _products(model, graph, schema, spared):
            shrink(schema, model, graph, operator, kind, shared)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _products(model, graph, schema, spared):
    """Operators of the network with constant weights, and what they are."""
    kinds = {getattr(schema.BuiltinOperator, name): name for name in PRODUCTS}
    found = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = kinds.get(max(code.builtinCode, code.deprecatedBuiltinCode))
        name = graph.tensors[operator.outputs[0]].name.decode()
        if kind is None or name.startswith(spared):
            continue
        weights = graph.tensors[operator.inputs[1]]
        stored = model.buffers[weights.buffer].data is not None
        if stored and weights.type == schema.TensorType.FLOAT32:
            found.append((operator, kind))
    return found


def _values(model, tensor):
    data = np.asarray(model.buffers[tensor.buffer].data, "uint8")
    return data.view("float32").reshape(tensor.shape)


def _store(schema, model, tensor, values):
    before, buffer = tensor.buffer, schema.BufferT()
    buffer.data = np.frombuffer(values.tobytes(), "uint8")
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1
    others = (one.buffer for graph in model.subgraphs for one in graph.tensors)
    if before not in others:
        model.buffers[before].data = None


def _to_int8(schema, model, graph, operator, kind, _):
    tensor = graph.tensors[operator.inputs[1]]
    if tensor.type != schema.TensorType.FLOAT32:  # shared with one before
        return
    values = _values(model, tensor)
    axes = tuple(range(1, values.ndim)) if kind == "CONV_2D" else None
    peak = np.abs(values).max(axis=axes, keepdims=True)
    scale = np.where(peak > 0, peak / LARGEST, 1.0).astype("float32")
    _store(schema, model, tensor, np.rint(values / scale).astype("int8"))
    tensor.type = schema.TensorType.INT8
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.scale = scale.reshape(-1)
    tensor.quantization.zeroPoint = np.zeros(scale.size, "int64")
    tensor.quantization.quantizedDimension = 0
    operator.builtinOptions.asymmetricQuantizeInputs = kind == "FULLY_CONNECTED"
    code = model.operatorCodes[operator.opcodeIndex]
    code.version = max(code.version, HYBRID_VERSIONS[kind])


def _to_half(schema, model, graph, operator, _, shared):
    number = operator.inputs[1]
    if number not in shared:
        small = graph.tensors[number]
        large = schema.TensorT()
        large.name, large.shape = small.name + b"/float32", small.shape
        large.type, large.buffer = schema.TensorType.FLOAT32, 0
        graph.tensors.append(large)
        shared[number] = len(graph.tensors) - 1
        _store(schema, model, small, _values(model, small).astype("float16"))
        small.type = schema.TensorType.FLOAT16
        enlarge = schema.OperatorT()
        enlarge.opcodeIndex = _dequantize(schema, model)
        enlarge.inputs, enlarge.outputs = [number], [shared[number]]
        graph.operators.insert(0, enlarge)
    operator.inputs[1] = shared[number]


def _dequantize(schema, model):
    """Place of the operation in the file's list, put there where it was not."""
    wanted = schema.BuiltinOperator.DEQUANTIZE
    for place, code in enumerate(model.operatorCodes):
        if max(code.builtinCode, code.deprecatedBuiltinCode) == wanted:
            return place
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = wanted
    code.version = 3  # the first that takes half precision
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1

"""Checkpoints of compressed-tensors, written and read with NumPy: an
implementation of its own of the formats pack-quantized, int-quantized and
float-quantized."""

import json
import os
import struct

import numpy as np

# Floats of 8 bits are their bits, a type of their own.
F8 = np.dtype([("f8E4M3FN", "u1")])
DTYPES = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I8": np.dtype("i1"),
    "F8_E4M3": F8,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def save_file(tensors, path):
    header, data = {}, b""
    for name, array in tensors.items():
        header[name] = {
            "dtype": NAMES[array.dtype],
            "shape": array.shape,
            "data_offsets": [len(data), len(data) + array.nbytes],
        }
        data += array.tobytes()
    encoded = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


def load_file(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"])
    return tensors


def f8_values():
    """The value of each pattern of f8E4M3FN: bias 7, no infinities."""
    bits = np.arange(256)
    exponent, mantissa = (bits >> 3) & 15, bits & 7
    fraction = np.where(exponent == 0, mantissa / 8, 1 + mantissa / 8)
    values = fraction * 2.0 ** (np.maximum(exponent, 1) - 7)
    values[(bits & 127) == 127] = np.nan
    return np.where(bits < 128, values, -values).astype(np.float32)


def pack(values, bits, whole_in_word=False):
    """Rows of signed integers as little-endian words of 32 bits."""
    codes = (values.astype(np.int64) + (1 << (bits - 1))).astype(np.uint8)
    fields = np.unpackbits(codes[..., None], axis=-1, bitorder="little")[..., :bits]
    rows, count = values.shape
    if whole_in_word:
        per_word = 32 // bits
        padded = np.zeros((rows, -(-count // per_word) * per_word, bits), np.uint8)
        padded[:, :count] = fields
        words = padded.reshape(rows, -1, per_word * bits)
        words = np.pad(words, ((0, 0), (0, 0), (0, 32 - per_word * bits)))
    else:
        stream = fields.reshape(rows, count * bits)
        words = np.pad(stream, ((0, 0), (0, -stream.shape[1] % 32)))
    packed = np.packbits(words.reshape(rows, -1), axis=-1, bitorder="little")
    return packed.view("<i4")


def unpack(words, bits, count):
    """The inverse, of words without gaps."""
    stream = np.unpackbits(
        np.ascontiguousarray(words).view(np.uint8), axis=-1, bitorder="little"
    )
    fields = stream[:, : count * bits].reshape(len(words), count, bits)
    codes = (fields.astype(np.int64) << np.arange(bits)).sum(-1)
    return (codes - (1 << (bits - 1))).astype(np.int8)


def block_of(shape, args):
    strategy = args["strategy"]
    if strategy == "tensor":
        return shape
    if strategy == "channel":
        return (1, shape[1])
    if strategy == "group":
        return (1, args["group_size"])
    return tuple(args["block_structure"])


def spread(parameters, shape, args):
    """A parameter for each element of the weight."""
    block = block_of(shape, args)
    grid = [-(-extent // size) for extent, size in zip(shape, block)]
    parameters = parameters.reshape(grid)
    for axis, size in enumerate(block):
        parameters = np.repeat(parameters, size, axis)
    return parameters[: shape[0], : shape[1]]


def make_weight(random, shape, args, scale_type, squeeze=False):
    """Random integers, scales and zero points."""
    bits = args["num_bits"]
    low, high = -(1 << (bits - 1)), 1 << (bits - 1)
    block = block_of(shape, args)
    grid = [-(-extent // size) for extent, size in zip(shape, block)]
    if squeeze:
        grid = grid[:1]
    values = random.integers(low, high, shape, np.int8)
    if args["type"] == "float":
        # Any pattern but NaN.
        values = np.where((values & 127) == 127, 0, values).view(F8)
    weight = {
        "values": values,
        "scales": random.uniform(0.01, 1, grid).astype(scale_type),
    }
    if not args["symmetric"]:
        weight["zero_points"] = random.integers(low, high, grid, np.int8)
    return weight


def to_entries(weight, args, packed, whole_in_word=False):
    """The entries of a module by their suffixes."""
    values, bits = weight["values"], args["num_bits"]
    entries = {"weight_scale": weight["scales"]}
    zeros = weight.get("zero_points")
    if not packed:
        entries["weight"] = values
        if zeros is not None:
            entries["weight_zero_point"] = zeros
        return entries
    entries["weight_packed"] = pack(values, bits, whole_in_word)
    entries["weight_shape"] = np.array(values.shape, np.int64)
    if zeros is not None:
        if args["strategy"] in ("group", "channel"):
            zeros = np.ascontiguousarray(
                pack(np.ascontiguousarray(zeros.T), bits, whole_in_word).T
            )
        entries["weight_zero_point"] = zeros
    return entries


def write(directory, modules, dense, config_groups):
    """`modules` are entries by module; `dense` other tensors."""
    os.makedirs(directory, exist_ok=True)
    tensors = dict(dense)
    for name, entries in modules.items():
        for suffix, array in entries.items():
            tensors[f"{name}.{suffix}"] = np.ascontiguousarray(array)
    save_file(tensors, os.path.join(directory, "model.safetensors"))
    config = {
        "architectures": ["Test"],
        "quantization_config": {
            "quant_method": "compressed-tensors",
            "format": "mixed-precision",
            "quantization_status": "compressed",
            "config_groups": config_groups,
            "ignore": ["lm_head"],
        },
    }
    with open(os.path.join(directory, "config.json"), "w") as file:
        json.dump(config, file)


def read(directory):
    """The weights of a checkpoint: (values, scales, zero points), arguments."""
    with open(os.path.join(directory, "config.json")) as file:
        config = json.load(file)
    tensors = load_file(os.path.join(directory, "model.safetensors"))
    weights = {}
    for group in config["quantization_config"]["config_groups"].values():
        args = group["weights"]
        for name in group["targets"]:
            weight = {"scales": tensors[f"{name}.weight_scale"]}
            zeros = tensors.get(f"{name}.weight_zero_point")
            if group["format"] == "pack-quantized":
                shape = tensors[f"{name}.weight_shape"]
                weight["values"] = unpack(
                    tensors[f"{name}.weight_packed"], args["num_bits"], shape[1]
                )
                if zeros is not None and zeros.dtype == np.int32:
                    columns = np.ascontiguousarray(zeros.T)
                    zeros = unpack(columns, args["num_bits"], shape[0]).T
            else:
                weight["values"] = tensors[f"{name}.weight"]
            if zeros is not None:
                weight["zero_points"] = zeros
            weights[name] = (weight, args)
    return config, weights, tensors


def dequantize(weight, args):
    """In f32, as the dialect defines it."""
    values = weight["values"]
    shape = values.shape
    if values.dtype == F8:
        values = f8_values()[values.view(np.uint8)]
    values = values.astype(np.float32)
    if "zero_points" in weight:
        zeros = weight["zero_points"].astype(np.float32)
        values = values - spread(zeros, shape, args)
    return values * spread(weight["scales"].astype(np.float32), shape, args)

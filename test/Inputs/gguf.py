"""Writes GGUF files and decodes their blocks, with NumPy.

An implementation of its own, against which the reader is tested: blocks are
decoded by whole arrays, from the bit layouts of ggml-quants.
"""

import struct

import numpy as np

# Number, elements and bytes of a block.
TYPES = {
    "F32": (0, 1, 4),
    "F16": (1, 1, 2),
    "Q4_0": (2, 32, 18),
    "Q4_1": (3, 32, 20),
    "Q5_0": (6, 32, 22),
    "Q5_1": (7, 32, 24),
    "Q8_0": (8, 32, 34),
    "Q2_K": (10, 256, 84),
    "Q3_K": (11, 256, 110),
    "Q4_K": (12, 256, 144),
    "Q5_K": (13, 256, 176),
    "Q6_K": (14, 256, 210),
    "BF16": (30, 1, 2),
}

# Where the f16 scales of a block are.
SCALES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}


def random_blocks(random, type_name, shape):
    """Bytes of a tensor: any codes, finite scales of either sign."""
    _, elements, size = TYPES[type_name]
    count = int(np.prod(shape)) // elements
    if type_name == "F32":
        return random.standard_normal(count, np.float32).tobytes()
    if type_name == "F16":
        return random.standard_normal(count).astype(np.float16).tobytes()
    if type_name == "BF16":
        bits = random.standard_normal(count, np.float32).view(np.uint32)
        return (bits >> 16).astype(np.uint16).tobytes()
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    for at in SCALES[type_name]:
        scales = random.standard_normal(count).astype(np.float16)
        blocks[:, at : at + 2] = scales.view(np.uint8).reshape(count, 2)
    return blocks.tobytes()


def _bits(data, width):
    """All fields of `width` bits, low ones first, as a new last dimension."""
    shifts = np.arange(0, 8, width, dtype=np.uint8)
    return (data[..., None] >> shifts) & np.uint8((1 << width) - 1)


def _f32(codes):
    return codes.astype(np.float32)


def decode(type_name, data, shape):
    """The tensor in f32."""
    if type_name == "F32":
        return np.frombuffer(data, np.float32).reshape(shape)
    if type_name == "F16":
        return _f32(np.frombuffer(data, np.float16)).reshape(shape)
    if type_name == "BF16":
        bits = np.frombuffer(data, np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32).reshape(shape)
    _, _, size = TYPES[type_name]
    b = np.frombuffer(data, np.uint8).reshape(-1, size)
    n = len(b)
    scale = [
        _f32(b[:, at : at + 2].copy().view(np.float16)) for at in SCALES[type_name]
    ]
    return _DECODERS[type_name](b, n, *scale).reshape(shape)


def _nibbles32(data, n):
    """Element j in the low half of byte j, j + 16 in the high half."""
    return _bits(data, 4).transpose(0, 2, 1).reshape(n, 32).astype(np.int32)


def _q4_0(b, n, d):
    return _f32(_nibbles32(b[:, 2:], n) - 8) * d


def _q4_1(b, n, d, m):
    return _f32(_nibbles32(b[:, 4:], n)) * d + m


def _q5_0(b, n, d):
    fifth = _bits(b[:, 2:6], 1).reshape(n, 32).astype(np.int32)
    return _f32(_nibbles32(b[:, 6:], n) + 16 * fifth - 16) * d


def _q5_1(b, n, d, m):
    fifth = _bits(b[:, 4:8], 1).reshape(n, 32).astype(np.int32)
    return _f32(_nibbles32(b[:, 8:], n) + 16 * fifth) * d + m


def _q8_0(b, n, d):
    return _f32(b[:, 2:].view(np.int8)) * d


def _two_bits(data, n):
    """Two halves of 32 bytes; bit pair k of byte j is element 32 k + j."""
    pairs = _bits(data.reshape(n, 2, 32), 2)
    return pairs.transpose(0, 1, 3, 2).reshape(n, 16, 16).astype(np.int32)


def _q2_k(b, n, d, dmin):
    scales = b[:, :16]
    low, high = _f32(scales & 15), _f32(scales >> 4)
    codes = _f32(_two_bits(b[:, 16:80], n))
    return (d * low)[..., None] * codes - (dmin * high)[..., None]


def _q3_k(b, n, d):
    # Bit k of byte j belongs to element 32 k + j.
    high = _bits(b[:, :32], 1).transpose(0, 2, 1).reshape(n, 16, 16)
    codes = _two_bits(b[:, 32:96], n) + 4 * high.astype(np.int32) - 4
    low4 = _bits(b[:, 96:104], 4).transpose(0, 2, 1).reshape(n, 16)
    high2 = _bits(b[:, 104:108], 2).transpose(0, 2, 1).reshape(n, 16)
    scales = low4.astype(np.int32) + 16 * high2.astype(np.int32) - 32
    return (d * _f32(scales))[..., None] * _f32(codes)


def _six_bits(data, n):
    """Eight scales and eight minima of 12 bytes."""
    first, second, third = data[:, :4], data[:, 4:8], data[:, 8:]
    scales = np.concatenate([first & 63, (third & 15) + 16 * (first >> 6)], 1)
    minima = np.concatenate([second & 63, (third >> 4) + 16 * (second >> 6)], 1)
    return _f32(scales), _f32(minima)


def _nibbles_k(data, n):
    """Groups 2 i and 2 i + 1 in the halves of 32 bytes."""
    halves = _bits(data.reshape(n, 4, 32), 4)
    return halves.transpose(0, 1, 3, 2).reshape(n, 8, 32).astype(np.int32)


def _q4_k(b, n, d, dmin):
    scales, minima = _six_bits(b[:, 4:16], n)
    codes = _f32(_nibbles_k(b[:, 16:], n))
    return (d * scales)[..., None] * codes - (dmin * minima)[..., None]


def _q5_k(b, n, d, dmin):
    scales, minima = _six_bits(b[:, 4:16], n)
    fifth = _bits(b[:, 16:48], 1).transpose(0, 2, 1).astype(np.int32)
    codes = _f32(_nibbles_k(b[:, 48:], n) + 16 * fifth)
    return (d * scales)[..., None] * codes - (dmin * minima)[..., None]


def _q6_k(b, n, d):
    low = _bits(b[:, :128].reshape(n, 2, 64), 4)
    low = low.transpose(0, 1, 3, 2).reshape(n, 256).astype(np.int32)
    high = _bits(b[:, 128:192].reshape(n, 2, 32), 2)
    high = high.transpose(0, 1, 3, 2).reshape(n, 256).astype(np.int32)
    codes = _f32(low + 16 * high - 32).reshape(n, 16, 16)
    scales = _f32(b[:, 192:208].view(np.int8))
    return (d * scales)[..., None] * codes


_DECODERS = {
    "Q4_0": _q4_0,
    "Q4_1": _q4_1,
    "Q5_0": _q5_0,
    "Q5_1": _q5_1,
    "Q8_0": _q8_0,
    "Q2_K": _q2_k,
    "Q3_K": _q3_k,
    "Q4_K": _q4_k,
    "Q5_K": _q5_k,
    "Q6_K": _q6_k,
}


def _string(text):
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def write(path, tensors, version=3, alignment=None):
    """Tensors are (name, type's name, shape, bytes)."""
    values = [("general.architecture", 8, _string("test"))]
    values.append(
        (
            "test.words",
            9,
            struct.pack("<IQ", 8, 3) + b"".join(map(_string, ["a", "", "bc"])),
        )
    )
    values.append(("test.ratio", 6, struct.pack("<f", 0.5)))
    if alignment:
        values.append(("general.alignment", 4, struct.pack("<I", alignment)))
    alignment = alignment or 32
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    for key, number, packed in values:
        head += _string(key) + struct.pack("<I", number) + packed
    data = b""
    for name, type_name, shape, packed in tensors:
        head += _string(name) + struct.pack("<I", len(shape))
        head += b"".join(struct.pack("<Q", extent) for extent in reversed(shape))
        head += struct.pack("<IQ", TYPES[type_name][0], len(data))
        data += packed + b"\0" * (-len(packed) % alignment)
    head += b"\0" * (-len(head) % alignment)
    with open(path, "wb") as file:
        file.write(head + data)

"""The formulas of #compress.scheme in NumPy, independent of the codec.

Floats of bf16 are float32 arrays whose values are representable in bf16.
"""

import itertools
import math

import numpy as np

F32_LIMITS = (2.0**-126, (2 - 2.0**-23) * 2.0**127)
# Least positive normal and largest finite value.
LIMITS = {
    "f32": F32_LIMITS,
    "f16": (2.0**-14, 65504.0),
    "bf16": (2.0**-126, (2 - 2.0**-7) * 2.0**127),
}


def round_bf16(values):
    """float32 to the nearest bf16, ties to even; finite input only."""
    bits = np.asarray(values, np.float32).view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return bits.astype(np.uint32).view(np.float32)


def round_plain(values, dtype):
    """float32 to the nearest value of a float type, infinite past the largest one."""
    values = np.asarray(values, np.float32)
    if dtype == "f32":
        return values
    if dtype == "bf16":
        return round_bf16(values)
    with np.errstate(over="ignore"):
        return values.astype(np.float16).astype(np.float32)


def round_to(values, dtype):
    """float32 to the nearest value of a float type, saturating; as float32."""
    largest = np.float32(LIMITS[dtype][1])
    return np.clip(round_plain(np.clip(values, -largest, largest), dtype), -largest, largest)


def to_bits(values, dtype):
    """float32 values of a float type as the unsigned integers that store them."""
    if dtype == "f32":
        return values.view(np.uint32)
    if dtype == "f16":
        return values.astype(np.float16).view(np.uint16)
    return (values.view(np.uint32) >> 16).astype(np.uint16)


def prune(values, sparsity):
    """Keeps the n greatest magnitudes of each m, lower positions on ties."""
    if sparsity is None:
        return values
    n, m, axis = sparsity
    lines = np.moveaxis(values, axis, -1).copy()
    groups = lines.reshape(-1, m)
    for group in groups:
        order = sorted(range(m), key=lambda at: (-abs(group[at]), at))
        group[order[n:]] = 0.0
    return np.moveaxis(groups.reshape(lines.shape), -1, axis)


def select(values, sparsity):
    """The kept values, and each one's position in its group and along the axis."""
    if sparsity is None:
        return values, None, None
    n, m, axis = sparsity
    lines = np.moveaxis(values, axis, -1)
    shape = lines.shape[:-1] + (lines.shape[-1] // m * n,)
    groups = lines.reshape(-1, m)
    positions = []
    for group in groups:
        nonzero = [at for at in range(m) if group[at] != 0]
        zero = [at for at in range(m) if group[at] == 0]
        positions.append(sorted(nonzero + zero[: n - len(nonzero)]))
    positions = np.array(positions)
    kept = np.take_along_axis(groups, positions, 1).reshape(shape)
    per_line = lines.shape[-1] // m
    starts = (np.arange(len(groups)) % per_line * m)[:, None]
    along = (positions + starts).reshape(shape)
    back = lambda array: np.moveaxis(array.reshape(shape), -1, axis)
    return back(kept), back(positions), back(along)


def get_block_indices(shape, block, sparsity, along):
    """For each kept value, the index of its block, one array per dimension."""
    indices = list(np.indices(shape))
    if sparsity is not None:
        indices[sparsity[2]] = along
    return tuple(
        index // extent if extent else np.zeros_like(index)
        for index, extent in zip(indices, block)
    )


class Affine:
    def __init__(self, width, symmetric, block, scale):
        self.width, self.symmetric = width, symmetric
        self.block, self.scale = block, scale

    def attribute(self, rank):
        text = f"#compress.affine<i{self.width}"
        if any(self.block):
            extents = ", ".join(str(e) if e else "*" for e in self.block)
            text += f", block = [{extents}]"
        if self.scale != "f32":
            text += f", scale = {self.scale}"
        return text + ("" if self.symmetric else ", asymmetric") + ">"

    def encode(self, kept, blocks, dense_shape):
        """Integers, scales as float32, and zero points."""
        qmin, qmax = -(2 ** (self.width - 1)), 2 ** (self.width - 1) - 1
        shape = [
            math.ceil(extent / block) if block else 1
            for extent, block in zip(dense_shape, self.block)
        ]
        lo, hi = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        np.minimum.at(lo, blocks, kept)
        np.maximum.at(hi, blocks, kept)
        if self.symmetric:
            scales = np.maximum(-lo, hi) / np.float32(qmax)
        else:
            with np.errstate(over="ignore"):
                scales = (hi - lo) / np.float32(qmax - qmin)
        least, largest = map(np.float32, LIMITS[self.scale])
        zeros = (lo == 0) & (hi == 0)
        scales = round_to(np.clip(scales, least, largest), self.scale)
        scales = np.where(zeros, np.float32(1), scales)
        zero_points = np.zeros(shape, np.float32)
        if not self.symmetric:
            zero_points = np.clip(np.rint(qmin - lo / scales), qmin, qmax)
        with np.errstate(over="ignore"):
            quotient = np.rint(kept / scales[blocks])
        integers = np.clip(quotient + zero_points[blocks], qmin, qmax)
        return integers, scales, zero_points

    def decode(self, integers, scales, zero_points, blocks):
        with np.errstate(over="ignore"):
            return (
                (integers - zero_points[blocks]).astype(np.float32)
                * scales[blocks]
            ).astype(np.float32)


class Float:
    def __init__(self, dtype):
        self.dtype = dtype

    def attribute(self, rank):
        return f"#compress.float<{self.dtype}>"


def pack_layout(array, tile):
    """The array in its packed shape, edges padded with zeros."""
    if tile is None:
        return array
    outer = [math.ceil(e / t) for e, t in zip(array.shape, tile)]
    padded = np.zeros([o * t for o, t in zip(outer, tile)], array.dtype)
    padded[tuple(slice(extent) for extent in array.shape)] = array
    split = padded.reshape(list(itertools.chain(*zip(outer, tile))))
    rank = array.ndim
    return split.transpose([2 * i for i in range(rank)] + [2 * i + 1 for i in range(rank)])


def pack_bits(array, width):
    """Unsigned integers of `width` bits, low bits first, each row padded."""
    rows = array.reshape(-1, array.shape[-1]).astype(np.uint64)
    row_bytes = math.ceil(array.shape[-1] * width / 8)
    packed = np.zeros((len(rows), row_bytes), np.uint8)
    for column in range(array.shape[-1]):
        for bit in range(width):
            at = column * width + bit
            packed[:, at // 8] |= (
                ((rows[:, column] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(at % 8)
            ).astype(np.uint8)
    return packed.reshape(array.shape[:-1] + (row_bytes,))


def encode(values, dtype, sparsity, storage, tile):
    """Components by name as unsigned integers, and the decoded tensor's bits."""
    kept, positions, along = select(values, sparsity)
    components = {}
    if isinstance(storage, Affine):
        blocks = get_block_indices(kept.shape, storage.block, sparsity, along)
        integers, scales, zero_points = storage.encode(kept, blocks, values.shape)
        stored = (integers.astype(np.int64) & (2**storage.width - 1)).astype(np.uint8)
        components["values"] = pack_bits(pack_layout(stored, tile), storage.width)
        components["scales"] = to_bits(scales, storage.scale)
        if not storage.symmetric:
            components["zero_points"] = zero_points.astype(np.int8).view(np.uint8)
        decoded = storage.decode(integers, scales, zero_points, blocks)
    else:
        decoded = round_to(kept, storage.dtype)
        components["values"] = pack_layout(to_bits(decoded, storage.dtype), tile)
    if sparsity is not None:
        n, m, axis = sparsity
        width = max(1, math.ceil(math.log2(m)))
        components["indices"] = pack_bits(pack_layout(positions, tile), width)
    dense = np.zeros(values.shape, np.float32)
    if sparsity is None:
        dense = decoded
    else:
        np.put_along_axis(dense, along, decoded, sparsity[2])
    # Decoding rounds and does not saturate.
    return components, to_bits(round_plain(dense, dtype), dtype)

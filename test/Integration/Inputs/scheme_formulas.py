"""#compress.scheme in NumPy: layouts, packed bits, and all three answers together."""

import itertools
import math

import numpy as np

from float_formulas import get_carrier, round_plain, to_bits


class Permuted(tuple):
    """A tile, whose place with bits b[0], b[1], ... holds the element at the row-major
    position that has b[i] as its bit bits[i]."""

    def __new__(cls, tile, bits):
        self = super().__new__(cls, tile)
        self.bits = bits
        return self


def permute(packed, bits):
    """Permutes the innermost positions of an array, as many as the bits can tell."""
    places = np.arange(2 ** len(bits))
    positions = sum((places >> i & 1) << bit for i, bit in enumerate(bits))
    return packed.reshape(-1, len(places))[:, positions].reshape(packed.shape)


def pack_layout(array, tile, bits=None):
    """The array in its packed shape, edges padded with zeros."""
    if tile is None:
        return array
    outer = [math.ceil(e / t) for e, t in zip(array.shape, tile)]
    padded = np.zeros([o * t for o, t in zip(outer, tile)], array.dtype)
    padded[tuple(slice(extent) for extent in array.shape)] = array
    split = padded.reshape(list(itertools.chain(*zip(outer, tile))))
    rank = array.ndim
    packed = split.transpose([2 * i for i in range(rank)] + [2 * i + 1 for i in range(rank)])
    return packed if bits is None else permute(packed, bits)


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


def get_attribute(sparsity, storage, tile):
    parts = []
    if sparsity.attribute():
        parts.append(f"sparsity = {sparsity.attribute()}")
    parts.append(f"storage = {storage.attribute()}")
    if tile is not None:
        bits = getattr(tile, "bits", None)
        suffix = f", bits = {list(bits)}" if bits else ""
        parts.append(f"layout = #compress.tiled<[{', '.join(map(str, tile))}]{suffix}>")
    return f"#compress.scheme<{', '.join(parts)}>"


def encode(values, dtype, sparsity, storage, tile):
    """Components, by name (bits, element type), and the decoded tensor's bits."""
    kept = sparsity.select(values)
    codes, parameters = storage.encode(kept.values, kept.blocks)
    decoded = storage.decode()
    inside = kept.blocks.inside
    if storage.vector == 1:
        codes = np.where(inside, codes, 0)
    # A code stands for `vector` positions along the innermost dimension.
    bits = getattr(tile, "bits", None)
    code_tile = tile and (*tile[:-1], tile[-1] // storage.vector)
    packed = pack_layout(codes, code_tile, bits)
    if storage.width > 8:
        components = {"values": (packed, storage.dtype)}
    else:
        components = {"values": (pack_bits(packed, storage.width), "i8")}
    components.update(parameters)
    for name, (array, width) in kept.packed.items():
        components[name] = pack_bits(pack_layout(array, tile, bits), width), "i8"
    components.update(kept.plain)
    dense = np.zeros(values.shape, np.float32)
    dense[tuple(index[inside] for index in kept.blocks.indices)] = decoded[inside]
    # Decoding rounds and does not saturate.
    return components, to_bits(round_plain(dense, dtype), dtype)

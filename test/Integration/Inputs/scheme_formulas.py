"""#compress.scheme in NumPy: layouts, packed bits, and all three answers together."""

import itertools
import math

import numpy as np

from float_formulas import get_carrier, round_plain, to_bits


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


def get_attribute(sparsity, storage, tile):
    parts = []
    if sparsity.attribute():
        parts.append(f"sparsity = {sparsity.attribute()}")
    parts.append(f"storage = {storage.attribute()}")
    if tile is not None:
        parts.append(f"layout = #compress.tiled<[{', '.join(map(str, tile))}]>")
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
    if tile is not None:
        tile = tuple(tile)
    code_tile = tile and (*tile[:-1], tile[-1] // storage.vector)
    packed = pack_layout(codes, code_tile)
    if storage.width > 8:
        components = {"values": (packed, storage.dtype)}
    else:
        components = {"values": (pack_bits(packed, storage.width), "i8")}
    components.update(parameters)
    for name, (array, width) in kept.packed.items():
        components[name] = pack_bits(pack_layout(array, tile), width), "i8"
    components.update(kept.plain)
    dense = np.zeros(values.shape, np.float32)
    dense[tuple(index[inside] for index in kept.blocks.indices)] = decoded[inside]
    # Decoding rounds and does not saturate.
    return components, to_bits(round_plain(dense, dtype), dtype)

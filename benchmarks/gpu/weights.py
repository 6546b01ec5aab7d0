"""Reads a bundle's compressed weights with NumPy or PyTorch, which `library` is."""


def _untile(library, codes, item):
    """Codes in the order of the manifest's layout, as rows of K by N."""
    tile, bits = ([int(e) for e in part.split("]")[0].split(",")] for part in item["layout"].split("[")[1:])
    count = tile[0] * tile[1]
    # Bit i of the stored position is bit bits[i] of the row-major one.
    position = [sum((stored >> i & 1) << bit for i, bit in enumerate(bits)) for stored in range(count)]
    tiles = codes.reshape(-1, count)
    ordered = library.empty_like(tiles)
    ordered[:, position] = tiles
    grid = [-(-extent // t) for extent, t in zip(item["shape"], tile)]
    ordered = library.moveaxis(ordered.reshape(*grid, *tile), 1, 2)
    return ordered.reshape(grid[0] * tile[0], -1)[: item["shape"][0], : item["shape"][1]]


def _spread(library, parts, item):
    """What belongs to blocks, for each element."""
    for dim, extent in enumerate(item["shape"]):
        block = -(-extent // parts.shape[dim]) if item["block"][dim] is None else item["block"][dim]
        numbers = library.arange(extent) // block
        parts = parts[(slice(None),) * dim + (numbers,)]
    return parts


def decode(library, item, values, scales, zero_points=None):
    """The weight, f32 in value: `values` of i8 as stored; scales, which are bytes of i8
    where the manifest says f8E8M0FNU; zero points of i8. PyTorch's arrays are on its
    default device."""
    # Bits of i8 as numbers that are indices in both libraries.
    byte = library.full((1,), 255)
    codes = values.reshape(-1) & byte
    if item["bits"] == 4:
        codes = library.stack([codes & 15, codes >> 4], -1).reshape(-1)
    codes = _untile(library, codes, item) if item["layout"] else codes.reshape(item["shape"])
    result = library.asarray(item["codes"], dtype=library.float32)[codes]
    if zero_points is not None:
        result = result - _spread(library, zero_points, item)
    if item["scale"] == "f8E8M0FNU":
        scales = library.exp2((scales & byte) - 127)
    return result * _spread(library, scales, item)

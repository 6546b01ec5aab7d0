"""The schemes that the tests try: every sparsity with every storage and layout."""

from counted_formulas import CSR, Bitmap, BlockSparse, TransposableNM
from scheme_formulas import Permuted
from sparsity_formulas import NM, Dense
from storage_formulas import (
    NF4,
    Affine,
    Float,
    Learned,
    ScaledFloat,
    Scaling,
    Storage,
    Ternary,
    Vectors,
)

# Divides by 4, 7 and 8 along axis 0; ragged for blocks of 16 and for tiles.
SHAPE = (56, 9)

# By family: the shape, and its sparsities.
SPARSITIES = {
    "dense": (SHAPE, [Dense()]),
    "nm": (SHAPE, [NM(2, 4, 0), NM(5, 7, 0), NM(2, 3, 1)]),
    "eighths": (SHAPE, [NM(4, 8, 0), NM(1, 4, 0)]),
    "transposable": ((24, 12), [TransposableNM(2, 4, 0, 1), TransposableNM(1, 3, 1, 0)]),
    "block": (SHAPE, [BlockSparse((16, 4), 7), BlockSparse((5, 3), 36)]),
    "bitmap": (SHAPE, [Bitmap(150), Bitmap(504)]),
    "csr": (SHAPE, [CSR(37), CSR(150)]),
}

TENSOR, COLUMN, GROUP, BLOCK = (0, 0), (0, 1), (16, 1), (5, 4)

SCALINGS = [
    Scaling("f32", TENSOR),
    Scaling("f32", COLUMN),
    Scaling("f16", GROUP),
    Scaling("bf16", BLOCK),
    Scaling("f8E4M3FN", GROUP),
    Scaling("f8E5M2", COLUMN),
    Scaling("f8E8M0FNU", BLOCK),
    Scaling("f8E4M3FN", GROUP, "f32"),
    Scaling("f8E5M2", BLOCK, "f16", (10, 0)),
    Scaling("f16", COLUMN, "bf16", (0, 4)),
]

STORAGES = (
    [
        Affine(width, symmetric, scaling)
        for width in [8, 4, 3]
        for symmetric in [True, False]
        for scaling in SCALINGS
    ]
    + [Affine(width, True, SCALINGS[2]) for width in [2, 5, 6, 7]]
    + [Float(t) for t in ["f32", "f16", "bf16", "f8E4M3FN", "f8E5M2", "f4E2M1FN"]]
    + [
        ScaledFloat(dtype, scaling)
        for dtype in ["f8E4M3FN", "f8E5M2", "f4E2M1FN"]
        for scaling in SCALINGS
    ]
    + [NF4(scaling) for scaling in SCALINGS]
    + [Ternary(scaling) for scaling in SCALINGS]
    + [
        Learned("kmeans", 4, Scaling("f16", COLUMN)),
        Learned("kmeans", 3, Scaling("f32", TENSOR)),
        Learned("kmeans", 1, Scaling("bf16", BLOCK)),
        Learned("quantile", 2, Scaling("f32", GROUP)),
        Learned("quantile", 8, Scaling("bf16", TENSOR)),
        Vectors("kmeans", 4, 2, "f16"),
        Vectors("quantile", 3, 4, "f32"),
        Vectors("kmeans", 6, 8, "bf16"),
    ]
)

# Storages that differ from another one in their scaling only.
SCALED = [
    storage
    for storage in STORAGES
    if isinstance(storage, Storage) and hasattr(storage, "scaling")
]

# A tile has an extent per dimension of the kept values; its innermost one divides
# by the vectors.
TILES = {1: (16,), 2: (8, 8), 3: (3, 8, 8)}


# Bits of both dimensions, in runs and alone.
PERMUTED = {1: Permuted((16,), (2, 0, 1, 3)), 2: Permuted((8, 8), (4, 0, 1, 5, 3, 2))}


def get_layouts(rank, storage):
    layouts = [None, TILES[rank]]
    # A code of several values has no place of its own in a permutation.
    if rank in PERMUTED and storage.vector == 1:
        layouts.append(PERMUTED[rank])
    return layouts


def get_storages(dtype, sparsity):
    """The storages to try with a sparsity. Float storage is never wider than the
    tensor's type. Without sparsity, f32 has all of them; otherwise every fifth
    scaling will do, others for each sparsity: how scales are made does not depend
    on it, nor on the type but for the first and the last step."""
    everything = dtype == "f32" and isinstance(sparsity, Dense)
    number = [s for _, family in SPARSITIES.values() for s in family].index(sparsity)
    return [
        storage
        for at, storage in enumerate(STORAGES)
        if (storage.width < 32 or dtype == "f32")
        and (everything or storage not in SCALED or (at + number) % 5 == 0)
    ]

"""Compares the benchmark's own reading of weights with compress.decode, for every
family and rank of weights.

  check_weights.py BENCHMARKS DIRECTORY
"""

import math
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import build_bundle  # noqa: E402
import weights  # noqa: E402
from families import CONVOLUTIONS, FAMILIES, LINEAR  # noqa: E402

directory = pathlib.Path(sys.argv[2])
rng = np.random.default_rng(1)
# Ragged in tiles of 64 or 32 by 16, and in groups.
LINEAR["rows"] = (40, 200)
CONVOLUTIONS["images"] = (5, 12, 10, 3)
for name, family in FAMILIES.items():
    if not family.codes:
        continue
    # Scales of f32 where they are bf16 or f16, which array files hold; the layout is the same.
    if family.scale != "f8E8M0FNU":
        family.scale = "f32"
    family.element = "f32"
    item = build_bundle.describe(family, "rows" if family.layers[0] in LINEAR else "images")
    extents, block = item["shape"], item["block"]
    # The stored arrays' shapes: whole tiles, or rows of whole bytes.
    if item["layout"]:
        tile = [int(e) for e in item["layout"].split("[")[1].split("]")[0].split(",")]
        shape = [-(-e // t) for e, t in zip(extents, tile)] + [tile[0], tile[1] * item["bits"] // 8]
    else:
        shape = [*extents[:-1], -(-extents[-1] * item["bits"] // 8)]
    values = rng.integers(-128, 128, shape, dtype=np.int8)
    parts = [1 if b is None else -(-e // b) for e, b in zip(extents, block)]
    scales = rng.standard_normal(parts).astype(np.float32)
    if item["scale"] == "f8E8M0FNU":
        scales = rng.integers(100, 127, parts).astype(np.int8)
    arrays = {"v": values, "s": scales}
    if family.asymmetric:
        arrays["z"] = rng.integers(-8, 8, parts, dtype=np.int8)
    types = {np.dtype(np.int8): "i8", np.dtype(np.float32): "f32"}
    types = {key: build_bundle.tensor(a.shape, types[a.dtype]) for key, a in arrays.items()}
    dense = build_bundle.tensor(extents, "f32")
    weight = f"!compress.{dense[:-1]}, #compress.scheme<{build_bundle.find_scheme(item)}>>"
    path = directory / f"{name}.mlir"
    arguments = ", ".join(f'%{key}: {type} {{compress.name = "{key}"}}' for key, type in types.items())
    path.write_text(f"""func.func @decode({arguments}) -> ({dense} {{compress.name = "w"}}) {{
  %w = compress.assemble {", ".join(f"%{key}" for key in types)} : ({", ".join(types.values())}) -> {weight}
  %d = compress.decode %w : {weight} -> {dense}
  return %d : {dense}
}}
""")
    np.savez(directory / "in.npz", **arrays)
    subprocess.run(
        ["compress-run", path, f"--inputs={directory}/in.npz", f"--outputs={directory}/out.npz"],
        check=True,
    )
    expected = np.load(directory / "out.npz")["w"]
    found = np.asarray(weights.decode(np, item, *arrays.values())).astype(np.float32)
    assert found.size == math.prod(extents)
    print(name, "equal" if np.array_equal(found, expected, equal_nan=True) else "different")

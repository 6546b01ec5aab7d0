"""Compares the benchmark's own unpacking of weights with compress.decode.

  check_unpack.py BENCHMARKS DIRECTORY
"""

import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import build_bundle  # noqa: E402
import run_bundle  # noqa: E402

directory = pathlib.Path(sys.argv[2])
rng = np.random.default_rng(1)
K, N = 200, 40  # Ragged in tiles of 64 (or 32) by 16.
for family, width in (("w4a16", 4), ("w8a16", 8)):
    # Scales of f32, which array files hold; the layout is the same.
    storage = build_bundle.SCHEMES[family].replace("bf16", "f32")
    layout = build_bundle.find_layout(storage)
    tile = [int(e) for e in layout.split("[")[1].split("]")[0].split(",")]
    grid = [-(-K // tile[0]), -(-N // tile[1])]
    values = rng.integers(-128, 128, (*grid, tile[0], tile[1] * width // 8), dtype=np.int8)
    scales = rng.standard_normal((2 if width == 4 else 1, N)).astype(np.float32)
    dense = f"tensor<{K}x{N}xf32>"
    weight = f"!compress.tensor<{K}x{N}xf32, #compress.scheme<{storage}, layout = {layout}>>"
    shapes = [f"tensor<{'x'.join(map(str, a.shape))}x{t}>" for a, t in ((values, "i8"), (scales, "f32"))]
    path = directory / f"{family}.mlir"
    path.write_text(f"""func.func @decode(%v: {shapes[0]} {{compress.name = "v"}}, %s: {shapes[1]} {{compress.name = "s"}}) -> ({dense} {{compress.name = "w"}}) {{
  %w = compress.assemble %v, %s : ({shapes[0]}, {shapes[1]}) -> {weight}
  %d = compress.decode %w : {weight} -> {dense}
  return %d : {dense}
}}
""")
    np.savez(directory / "in.npz", v=values, s=scales)
    subprocess.run(
        ["compress-run", path, f"--inputs={directory}/in.npz", f"--outputs={directory}/out.npz"],
        check=True,
    )
    expected = np.load(directory / "out.npz")["w"]
    codes = run_bundle.unpack(np, values, {"layout": layout, "k": K, "n": N}, width)
    found = codes * np.repeat(scales, -(-K // scales.shape[0]) if width == 8 else 128, 0)[:K]
    print(family, "equal" if np.array_equal(found.astype(np.float32), expected) else "different")

"""Builds the kernels that run_bundle.py measures: one shared object for each family
and layer, with a function for each number of rows.

  build_bundle.py DIRECTORY [--chip=sm_90a] [--layers=NAME,...] [--rows=M,...]

Needs compress-opt and compress-translate on PATH; a cubin is embedded where ptxas is
found too. What is measured needs none of them: DIRECTORY is the whole bundle, with
its manifest and the module that loads shared objects.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

# Linear layers of Llama 3 (8B, 70B), whose query, key and value, and whose gate and
# up are one, and squares: columns of the result by columns that are summed.
LAYERS = {
    "8b-qkv": (6144, 4096), "8b-out": (4096, 4096), "8b-up": (28672, 4096),
    "8b-down": (4096, 14336), "70b-qkv": (10240, 8192), "70b-out": (8192, 8192),
    "70b-up": (57344, 8192), "70b-down": (8192, 28672), "2048": (2048, 2048),
}  # fmt: skip
ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 8192]
SCHEMES = {
    "dense": None,
    "w8a16": "storage = #compress.affine<i8, block = [*, 1], scale = bf16>",
    "w4a16": "storage = #compress.affine<i4, block = [128, 1], scale = bf16>",
}
LIMIT = 60 << 20


def run(*command, text=None):
    result = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"{command[0]} failed")
    return result.stdout


MAPS = "[affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]"


def module(scheme, n, k, rows):
    """A function for each number of rows: x times w, of bf16."""
    weight = f"tensor<{k}x{n}xbf16>"
    if scheme:
        weight = f"!compress.tensor<{k}x{n}xbf16, #compress.scheme<{scheme}>>"
    product = f"compress.contract {MAPS}" if scheme else "linalg.matmul"
    functions = []
    for m in rows:
        x, y = f"tensor<{m}x{k}xbf16>", f"tensor<{m}x{n}xbf16>"
        result = "" if scheme else f" -> {y}"
        functions.append(f"""func.func @m{m}(%x: {x} {{compress.name = "x"}}, %w: {weight} {{compress.name = "w"}}) -> ({y} {{compress.name = "y"}}) {{
  %zero = arith.constant 0.0 : bf16
  %empty = tensor.empty() : {y}
  %fill = linalg.fill ins(%zero : bf16) outs(%empty : {y}) -> {y}
  %0 = {product} ins(%x, %w : {x}, {weight}) outs(%fill : {y}){result}
  return %0 : {y}
}}
""")
    return "".join(functions)


def find_layout(storage):
    """The layout that compress-pack gives a weight of a storage for tensor cores."""
    weight = f"!compress.tensor<128x64xbf16, #compress.scheme<{storage}>>"
    text = f"""func.func @f(%x: tensor<1x128xbf16>, %w: tensor<128x64xbf16>, %y: tensor<1x64xbf16>) -> tensor<1x64xbf16> {{
  %e = compress.encode %w : tensor<128x64xbf16> -> {weight}
  %0 = compress.contract {MAPS} ins(%x, %e : tensor<1x128xbf16>, {weight}) outs(%y : tensor<1x64xbf16>)
  return %0 : tensor<1x64xbf16>
}}
"""
    packed = run("compress-opt", "-", "--compress-pack=layout=mma", text=text)
    return re.search(r"layout = (#compress\.tiled<[^>]*>)", packed)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--chip", default="sm_90a")
    parser.add_argument("--layers", default=",".join(LAYERS))
    parser.add_argument("--rows", default=",".join(map(str, ROWS)))
    arguments = parser.parse_args()
    rows = [int(m) for m in arguments.rows.split(",")]
    arguments.directory.mkdir(parents=True, exist_ok=True)
    objects = []
    for family, storage in SCHEMES.items():
        layout = find_layout(storage) if storage else None
        for name in arguments.layers.split(","):
            if name not in LAYERS:
                sys.exit(f"no layer {name}; expected some of {', '.join(LAYERS)}")
            n, k = LAYERS[name]
            path = arguments.directory / f"{family}-{name}.so"
            scheme = f"{storage}, layout = {layout}" if storage else None
            text = run(
                "compress-opt", "-", "--compress-explode",
                text=module(scheme, n, k, rows),
            )  # fmt: skip
            source = path.with_suffix(".mlir")
            source.write_text(text)
            run("compress-translate", "--target=cuda", f"--chip={arguments.chip}", source, "-o", path)
            source.unlink()
            objects.append({"file": path.name, "family": family, "layer": name, "n": n, "k": k, "layout": layout})
            print(f"{path.name}: {path.stat().st_size >> 10} KiB")
    python = pathlib.Path(__file__).resolve().parents[2] / "python" / "compress_cuda.py"
    shutil.copy(python, arguments.directory)
    shutil.copy(pathlib.Path(__file__).with_name("run_bundle.py"), arguments.directory)
    manifest = {"version": 1, "chip": arguments.chip, "rows": rows, "objects": objects}
    (arguments.directory / "manifest.json").write_text(json.dumps(manifest, indent=1))
    size = sum(f.stat().st_size for f in arguments.directory.iterdir())
    print(f"{len(objects)} objects, {size >> 20} MiB")
    if size > LIMIT:
        sys.exit(f"the bundle has {size} bytes; expected at most {LIMIT}: fewer layers or rows")


if __name__ == "__main__":
    main()

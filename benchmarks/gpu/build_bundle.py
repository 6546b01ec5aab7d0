"""Builds the kernels that run_bundle.py measures: one shared object for each family
and layer, with a function for each number of rows, or of images.

  build_bundle.py DIRECTORY [--chip=sm_90a] [--families=NAME,...] [--layers=NAME,...]
                  [--rows=M,...]

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

from families import CONVOLUTIONS, FAMILIES, LINEAR

LIMIT = 60 << 20


def run(*command, text=None):
    result = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"{command[0]} failed")
    return result.stdout


MAPS = "[affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]"
CONV_MAPS = (
    "[affine_map<(n, h, w, f, i, j, c) -> (n, h + i, w + j, c)>, affine_map<(n, h, w, f, i, j, c) -> (i, j, c, f)>,"
    " affine_map<(n, h, w, f, i, j, c) -> (n, h, w, f)>]"
)


def find_shapes(layer, rows):
    """Of the input, the weight and the result."""
    if layer in LINEAR:
        n, k = LINEAR[layer]
        return (rows, k), (k, n), (rows, n)
    size, channels, filters, window = CONVOLUTIONS[layer]
    # The image has its border already.
    padded = size + window - 1
    return (rows, padded, padded, channels), (window, window, channels, filters), (rows, size, size, filters)


def tensor(shape, element):
    return f"tensor<{'x'.join(map(str, shape))}x{element}>"


def module(family, layer, rows, scheme):
    """A function for each number of rows: x times w."""
    functions = []
    for m in rows:
        shapes = find_shapes(layer, m)
        x, weight, y = (tensor(shape, family.element) for shape in shapes)
        if scheme:
            weight = f"!compress.{weight[:-1]}, #compress.scheme<{scheme}>>"
            product = f"compress.contract {MAPS}" if layer in LINEAR else f"compress.conv {CONV_MAPS}"
        else:
            product = "linalg.matmul" if layer in LINEAR else "linalg.conv_2d_nhwc_hwcf"
        result = "" if scheme else f" -> {y}"
        functions.append(f"""func.func @m{m}(%x: {x} {{compress.name = "x"}}, %w: {weight} {{compress.name = "w"}}) -> ({y} {{compress.name = "y"}}) {{
  %zero = arith.constant 0.0 : {family.element}
  %empty = tensor.empty() : {y}
  %fill = linalg.fill ins(%zero : {family.element}) outs(%empty : {y}) -> {y}
  %0 = {product} ins(%x, %w : {x}, {weight}) outs(%fill : {y}){result}
  return %0 : {y}
}}
""")
    return "".join(functions)


def find_layout(storage):
    """The layout that compress-pack gives a weight of a storage for tensor cores."""
    weight = f"!compress.tensor<128x64xbf16, #compress.scheme<storage = {storage}>>"
    text = f"""func.func @f(%x: tensor<1x128xbf16>, %w: tensor<128x64xbf16>, %y: tensor<1x64xbf16>) -> tensor<1x64xbf16> {{
  %e = compress.encode %w : tensor<128x64xbf16> -> {weight}
  %0 = compress.contract {MAPS} ins(%x, %e : tensor<1x128xbf16>, {weight}) outs(%y : tensor<1x64xbf16>)
  return %0 : tensor<1x64xbf16>
}}
"""
    packed = run("compress-opt", "-", "--compress-pack=layout=mma", text=text)
    return re.search(r"layout = (#compress\.tiled<[^>]*>)", packed)[1]


def describe(family, layer):
    """The manifest's entry of a weight: `shape`, and of a compressed one what
    weights.decode needs. A block's extent is null where it is the whole dimension."""
    item = {"element": family.element, "shape": find_shapes(layer, 1)[1]}
    if layer in CONVOLUTIONS:
        item["size"] = CONVOLUTIONS[layer][0]
    if family.codes:
        rank = len(item["shape"])
        storage = family.get_storage(rank)
        item |= {
            "storage": storage, "layout": find_layout(storage) if layer in LINEAR else None,
            "codes": family.codes, "bits": len(family.codes).bit_length() - 1,
            "block": [None] * (rank - 2) + [family.group, 1], "scale": family.scale,
        }  # fmt: skip
    return item


def find_scheme(item):
    if "storage" not in item:
        return None
    layout = f", layout = {item['layout']}" if item["layout"] else ""
    return f"storage = {item['storage']}{layout}"


def choose(text, known, what):
    names = text.split(",") if text else list(known)
    for name in names:
        if name not in known:
            sys.exit(f"no {what} {name}; expected some of {', '.join(known)}")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--chip", default="sm_90a")
    parser.add_argument("--families", help="default: all")
    parser.add_argument("--layers", help="default: all that a family has")
    parser.add_argument("--rows", help="default: those of each family; images of convolutions")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    layers = choose(arguments.layers, LINEAR | CONVOLUTIONS, "layer")
    objects = []
    for name in choose(arguments.families, FAMILIES, "family"):
        family = FAMILIES[name]
        rows = [int(m) for m in arguments.rows.split(",")] if arguments.rows else family.rows
        for layer in family.layers:
            if layer not in layers:
                continue
            path = arguments.directory / f"{name}-{layer}.so"
            item = describe(family, layer)
            source = path.with_suffix(".mlir")
            source.write_text(run(
                "compress-opt", "-", "--compress-explode", text=module(family, layer, rows, find_scheme(item)),
            ))  # fmt: skip
            run(
                "compress-translate", "--target=cuda", f"--chip={arguments.chip}", *family.flags, source, "-o", path,
            )  # fmt: skip
            source.unlink()
            objects.append({"file": path.name, "family": name, "layer": layer, "rows": list(rows)} | item)
            print(f"{path.name}: {path.stat().st_size >> 10} KiB", flush=True)
    if not objects:
        sys.exit("nothing to build: no family has one of the layers")
    here = pathlib.Path(__file__).resolve().parent
    for module_path in (here.parents[1] / "python" / "compress_cuda.py", here / "run_bundle.py", here / "weights.py"):
        shutil.copy(module_path, arguments.directory)
    manifest = {"version": 2, "chip": arguments.chip, "objects": objects}
    (arguments.directory / "manifest.json").write_text(json.dumps(manifest, indent=1))
    size = sum(f.stat().st_size for f in arguments.directory.iterdir())
    print(f"{len(objects)} objects, {size >> 20} MiB")
    if size > LIMIT:
        sys.exit(f"the bundle has {size} bytes; expected at most {LIMIT}: fewer layers or rows")


if __name__ == "__main__":
    main()

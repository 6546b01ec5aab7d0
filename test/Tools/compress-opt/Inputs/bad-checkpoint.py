"""A checkpoint of one module and the fault named by the second argument, and a
module that reads its weight."""

import json
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../Inputs"))
import checkpoints

directory, kind = sys.argv[1:]
args = dict(
    num_bits=4, type="int", symmetric=True, strategy="group", group_size=16
)
shape = (8, 64)
weight = checkpoints.make_weight(np.random.default_rng(1), shape, args, "f4")
entries = checkpoints.to_entries(weight, args, packed=True)
group = {"targets": ["Linear"], "weights": args, "format": "pack-quantized"}
dense = (8, 64)

if kind == "no-scale":
    del entries["weight_scale"]
elif kind == "scale-type":
    entries["weight_scale"] = entries["weight_scale"].view("<i4")
elif kind == "scale-shape":
    entries["weight_scale"] = entries["weight_scale"][:, :3]
elif kind == "packed-shape":
    entries["weight_packed"] = entries["weight_packed"][:, :7]
elif kind == "transposed":
    dense = (64, 8)
elif kind == "rank":
    dense = (512,)
elif kind == "order":
    entries["weight_g_idx"] = np.arange(64, dtype="<i4")[::-1] // 16
elif kind == "no-zero-point":
    args["symmetric"] = False
elif kind == "values-type":
    entries["weight"] = entries.pop("weight_packed")
    group["format"] = "int-quantized"

checkpoints.write(directory, {"up": entries}, {}, {"group_0": group})
if kind == "no-config":
    os.remove(os.path.join(directory, "config.json"))
elif kind == "no-file":
    os.remove(os.path.join(directory, "model.safetensors"))
elif kind in ("index", "twice"):
    source = os.path.join(directory, "model.safetensors")
    with open(source, "rb") as file:
        data = file.read()
    for name in ["a.safetensors", "b.safetensors"]:
        with open(os.path.join(directory, name), "wb") as file:
            file.write(data)
    index = {"weight_map": {"up.x": "a.safetensors", "up.y": "b.safetensors"}}
    if kind == "index":
        index = {"weight_map": {"up.x": 3}}
    path = os.path.join(directory, "model.safetensors.index.json")
    with open(path, "w") as file:
        json.dump(index, file)

key = "down.weight" if kind == "key" else "up.weight"
ty = "tensor<" + "".join(f"{extent}x" for extent in dense) + "f32>"
with open(os.path.join(directory, "model.mlir"), "w") as file:
    file.write(
        f"func.func @main() -> {ty} {{\n"
        f'  %w = arith.constant #compress.external<"model.safetensors", "{key}"> : {ty}\n'
        f"  return %w : {ty}\n}}\n"
    )

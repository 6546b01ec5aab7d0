"""Checkpoints of every supported form. `write DIR` makes one and a module that
returns its weights, `check DIR out.npz` compares what the module returns with
NumPy's dequantization, `same DIR OTHER` compares two checkpoints, bit for bit."""

import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../Inputs"))
import checkpoints


def args(bits, strategy, symmetric=True, **more):
    found = dict(num_bits=bits, type="int", symmetric=symmetric, strategy=strategy)
    return found | more


FLOAT = {"type": "float"}

# name: shape, arguments, type of scales, packed, other options.
CASES = {
    "group4": ((24, 96), args(4, "group", group_size=32), "f2", True, {}),
    "group4z": ((24, 96), args(4, "group", False, group_size=32), "f2", True, {}),
    "channel4": ((17, 70), args(4, "channel"), "f4", True, {}),
    "channel3z": ((33, 130), args(3, "channel", False), "f4", True, {}),
    "older3z": ((33, 170), args(3, "channel", False), "f4", True, {"older": 1}),
    "tensor2": ((8, 100), args(2, "tensor"), "f4", True, {"squeeze": 1}),
    "tensor5z": ((8, 100), args(5, "tensor", False), "f4", True, {"squeeze": 1}),
    "channel8": ((20, 40), args(8, "channel"), "f2", False, {}),
    "squeezed8": ((20, 40), args(8, "channel"), "f4", False, {"squeeze": 1}),
    "group8z": ((20, 64), args(8, "group", False, group_size=16), "f4", False, {}),
    "block8": ((20, 70), args(8, "block", block_structure=[8, 32]), "f4", False, {}),
    "float8": ((20, 40), args(8, "channel", **FLOAT), "f4", False, {}),
    "float8b": (
        (20, 70),
        args(8, "block", block_structure=[8, 32], **FLOAT),
        "f4",
        False,
        {},
    ),
    "packed8": ((20, 41), args(8, "channel"), "f4", True, {}),
}


def make():
    random = np.random.default_rng(3)
    return {
        f"model.{name}": checkpoints.make_weight(
            random, shape, args, scale, "squeeze" in options
        )
        for name, (shape, args, scale, _, options) in CASES.items()
    }


def write(directory):
    weights, modules, groups = make(), {}, {}
    for name, (shape, args, _, packed, options) in CASES.items():
        module = f"model.{name}"
        modules[module] = checkpoints.to_entries(
            weights[module], args, packed, "older" in options
        )
        groups[f"group_{len(groups)}"] = {
            "targets": [f"re:.*[.]{name}$"],
            "weights": args,
            "format": "pack-quantized" if packed else f"{args['type']}-quantized",
        }
    order = np.arange(96, dtype=np.int32) // 32
    modules["model.group4"]["weight_g_idx"] = order
    bias = {"model.bias": np.arange(4, dtype=np.float32)}
    checkpoints.write(directory, modules, bias, groups)

    lines, results, types = [], [], []
    keys = [(f"model.{name}.weight", case[0]) for name, case in CASES.items()]
    for key, shape in keys + [("model.bias", (4,))]:
        results.append(f"%{len(results)}")
        types.append("tensor<" + "".join(f"{n}x" for n in shape) + "f32>")
        lines.append(
            f"  {results[-1]} = arith.constant "
            f'#compress.external<"model.safetensors", "{key}"> : {types[-1]}'
        )
    text = "func.func @main() -> (" + ", ".join(types) + ") {\n"
    text += "\n".join(lines) + "\n  return " + ", ".join(results)
    text += " : " + ", ".join(types) + "\n}\n"
    with open(os.path.join(directory, "model.mlir"), "w") as file:
        file.write(text)


def check(path):
    outputs = np.load(path)
    for i, (module, weight) in enumerate(make().items()):
        expected = checkpoints.dequantize(weight, CASES[module[6:]][1])
        assert outputs[f"out{i}"].tobytes() == expected.tobytes(), module
    print(len(CASES), "weights are equal")


def same(directory, other):
    config, weights, tensors = checkpoints.read(other)
    original = make()
    assert weights.keys() == original.keys(), weights.keys()
    for name, (weight, args) in weights.items():
        expected = original[name]
        assert weight.keys() == expected.keys(), name
        wanted = CASES[name[6:]][1]
        assert {key: args[key] for key in wanted} == wanted, (name, args)
        for part, array in weight.items():
            # Scales per tensor or channel have one shape here.
            assert array.dtype == expected[part].dtype, (name, part)
            assert array.tobytes() == expected[part].tobytes(), (name, part)
    assert tensors["model.bias"].tolist() == [0, 1, 2, 3]
    assert config["architectures"] == ["Test"]
    print("checkpoints are equal")


if sys.argv[1] == "write":
    write(sys.argv[2])
elif sys.argv[1] == "check":
    check(sys.argv[2])
else:
    same(sys.argv[2], sys.argv[3])

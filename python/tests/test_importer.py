# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compress-import: ONNX models, their names, weights and quantization.

Numbers are small integers times powers of two, so that every sum is exact in f32,
and results must equal those of onnxruntime.
"""

import sys

import compress
import numpy as np
import onnx
import onnxruntime
import pytest
from compress import importer
from compress.importer import lowering
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(0)


def integers(*shape):
    return RNG.integers(-8, 9, shape).astype(np.float32)


def model(nodes, inputs, outputs, initializers, opset=18, domains=()):
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "tiny",
        [info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [
            numpy_helper.from_array(np.asarray(array), name)
            for name, array in initializers.items()
        ],
    )
    versions = [
        helper.make_opsetid("", opset),
        *(helper.make_opsetid(domain, 1) for domain in domains),
    ]
    return helper.make_model(graph, opset_imports=versions, ir_version=8)


def mlp(opset=18):
    nodes = [
        helper.make_node(
            "Gemm", ["x", "fc1.weight", "fc1.bias"], ["h"], name="fc1", transB=1
        ),
        helper.make_node("Relu", ["h"], ["r"], name="relu"),
        helper.make_node("MatMul", ["r", "fc2.weight"], ["logits"], name="fc2"),
    ]
    weights = {
        "fc1.weight": integers(32, 16),
        "fc1.bias": integers(32),
        "fc2.weight": integers(32, 8),
    }
    return model(nodes, {"x": ["batch", 16]}, {"logits": ["batch", 8]}, weights, opset)


@pytest.fixture
def run(tmp_path):
    """Imports a model, compares it with onnxruntime, and gives the module."""

    def check(proto, *arrays, **options):
        onnx.save(proto, tmp_path / "model.onnx")
        module = importer.import_onnx(
            tmp_path / "model.onnx", tmp_path / "model.mlir", **options
        )
        # Without optimizations, which replace what the graph says by other arithmetic.
        settings = onnxruntime.SessionOptions()
        settings.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        )
        session = onnxruntime.InferenceSession(proto.SerializeToString(), settings)
        names = [value.name for value in session.get_inputs()]
        (expected,) = session.run(None, dict(zip(names, arrays)))
        function = compress.compile(tmp_path / "model.mlir")
        assert [spec.name for spec in function.inputs] == names
        np.testing.assert_array_equal(function(*arrays), expected)
        return module

    return check


def test_names_weights_and_dynamic_extents(run, tmp_path):
    module = run(mlp(), integers(3, 16))
    function = compress.compile(module)
    assert function.inputs == (compress.TensorSpec("x", "F32", (None, 16)),)
    assert function.outputs == (compress.TensorSpec("logits", "F32", (None, 8)),)
    # Large tensors are external under their own names, small ones in the module.
    text = (tmp_path / "model.mlir").read_text()
    for key in ("fc1.weight", "fc2.weight"):
        assert f'#compress.external<"model.safetensors", "{key}">' in text
    assert '"fc1.bias"' not in text
    # Sites are called what the nodes are.
    sites = {
        site["site"]
        for site in module.compress(quantize=True).report()["sites"]
        if site["scheme"]
    }
    assert sites == {"fc1", "fc2"}


def test_old_operator_sets_are_upgraded(run):
    run(mlp(opset=9), integers(3, 16))


def test_a_batch_times_a_matrix_is_compressed(run):
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"], name="fc")]
    module = run(
        model(
            nodes, {"x": ["b", "t", 16]}, {"y": ["b", "t", 8]}, {"w": integers(16, 8)}
        ),
        integers(2, 3, 16),
    )
    assert module.compress(quantize=True).report()["totals"]["compressed"] == 1


def test_constants_of_nodes_are_weights(run, tmp_path):
    value = numpy_helper.from_array(integers(16, 8))
    nodes = [
        helper.make_node("Constant", [], ["w"], value=value),
        helper.make_node("MatMul", ["x", "w"], ["y"], name="fc"),
    ]
    run(model(nodes, {"x": ["b", 16]}, {"y": ["b", 8]}, {}), integers(3, 16))
    assert '"w"' in (tmp_path / "model.mlir").read_text()


def test_shapes_replace_those_of_the_model(run):
    for shape in [(5, 16), (None, 16)]:
        module = run(mlp(), integers(5, 16), shapes={"x": shape})
        assert compress.compile(module).inputs[0].shape == shape


def qdq(weights, scales, zero_points, axis=None, activation=None, block=None):
    """A product whose weight, and activation where asked for, are quantized."""
    attributes = {} if axis is None else {"axis": axis}
    if block:
        attributes["block_size"] = block
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s", "z"], ["wd"], **attributes)
    ]
    values = {"w": weights, "s": scales, "z": zero_points}
    source = "x"
    if activation is not None:
        values |= {"xs": np.float32(0.5), "xz": activation}
        nodes.append(helper.make_node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]))
        nodes.append(helper.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"]))
        source = "xd"
    nodes.append(helper.make_node("MatMul", [source, "wd"], ["y"], name="fc"))
    return model(
        nodes, {"x": ["b", 32]}, {"y": ["b", 16]}, values, opset=21 if block else 17
    )


# Halves of a step, which round to even, and what saturates at either end.
STEPS = (
    np.concatenate([integers(32) / 4, np.float32([-70, 70, -64, 63.5])])
    .astype(np.float32)[-32:]
    .reshape(1, 32)
)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("zero", [0, 3])
@pytest.mark.parametrize("kind", ["tensor", "rows", "columns", "blocks"])
def test_quantized_weights_keep_their_bytes(run, tmp_path, signed, zero, kind):
    dtype, shift = (np.int8, 0) if signed else (np.uint8, 128)
    bytes_ = RNG.integers(-128, 128, (32, 16))
    shape, options, block = {
        "tensor": ((), {}, ""),
        "rows": ((32,), {"axis": 0}, ", block = [1, *]"),
        "columns": ((16,), {"axis": 1}, ", block = [*, 1]"),
        "blocks": ((4, 16), {"axis": 0, "block": 8}, ", block = [8, 1]"),
    }[kind]
    scales = np.exp2(RNG.integers(-3, 1, shape)).astype(np.float32)
    zeros = np.full(shape, zero + shift, dtype)
    module = run(
        qdq((bytes_ + shift).astype(dtype), scales, zeros, **options), integers(3, 32)
    )
    asymmetric = ", asymmetric" if zero else ""
    assert f"#compress.affine<i8{block}{asymmetric}>" in str(module)
    (fused,) = [str(module.run_pipeline("compress-propagate,compress-fuse"))]
    assert "compress.contract" in fused
    # The file has the model's bytes, signed.
    stored = (tmp_path / "model.safetensors").read_bytes()
    assert bytes_.astype(np.int8).tobytes() in stored


@pytest.mark.parametrize(
    "zero", [np.int8(0), np.int8(-3), np.uint8(128), np.uint8(140)]
)
def test_quantized_activations_round_and_saturate_alike(run, zero):
    weights = RNG.integers(-8, 9, (32, 16)).astype(np.int8)
    module = run(qdq(weights, np.float32(1), np.int8(0), activation=zero), STEPS)
    text = str(module.run_pipeline("compress-propagate,compress-fuse"))
    assert "compress.encode %arg0" in text and "compress.contract" in text


def test_biases_of_32_bits_become_f32(run):
    nodes = [
        helper.make_node("DequantizeLinear", ["b", "s"], ["bd"], axis=0),
        helper.make_node("Add", ["x", "bd"], ["y"]),
    ]
    values = {
        "b": RNG.integers(-99, 99, 8).astype(np.int32),
        "s": np.exp2(RNG.integers(-3, 1, 8)).astype(np.float32),
    }
    run(
        model(nodes, {"x": ["n", 8]}, {"y": ["n", 8]}, values, opset=17), integers(2, 8)
    )


# As JAX prints {"logits": x @ w}, in one function that calls another.
STABLEHLO = """#loc1 = loc("x")
module @jit_f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<3x16xf32> loc("x")) -> (tensor<3x32xf32> {jax.result_info = "result['logits']"}) {
    %0 = call @product(%arg0) : (tensor<3x16xf32>) -> tensor<3x32xf32>
    return %0 : tensor<3x32xf32>
  }
  func.func private @product(%arg0: tensor<3x16xf32>) -> tensor<3x32xf32> {
    %cst = stablehlo.constant dense<WEIGHT> : tensor<16x32xf32>
    %0 = stablehlo.dot_general %arg0, %cst, contracting_dims = [1] x [0] : (tensor<3x16xf32>, tensor<16x32xf32>) -> tensor<3x32xf32> loc("fc")
    return %0 : tensor<3x32xf32>
  }
}
"""


def test_functions_of_jax(tmp_path):
    x, w = integers(3, 16), integers(16, 32)
    (tmp_path / "f.mlir").write_text(STABLEHLO.replace("WEIGHT", str(w.tolist())))
    output = tmp_path / "out.mlir"
    assert importer.main([str(tmp_path / "f.mlir"), "-o", str(output)]) == 0
    function = compress.compile(output)
    assert function.inputs == (compress.TensorSpec("x", "F32", (3, 16)),)
    assert function.outputs == (compress.TensorSpec("logits", "F32", (3, 32)),)
    np.testing.assert_array_equal(function(x=x), x @ w)
    assert '#compress.external<"out.safetensors"' in output.read_text()
    report = compress.Module.parse(output).compress(quantize=True).report()
    assert [site["site"] for site in report["sites"]] == ["fc"]


def test_programs_of_pytorch_need_pytorch(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert importer.main(["model.pt2", "-o", str(tmp_path / "out.mlir")]) == 1
    assert "importing models needs the package torch" in capsys.readouterr().err


def test_stablehlo_that_cannot_be_lowered(tmp_path, capsys):
    output = tmp_path / "out.mlir"
    for text, message in [
        ("func.func @f() {\n  stablehlo.no_such_op\n}\n", "no_such_op"),
        ("module {}", "expected one public function, found 0"),
    ]:
        (tmp_path / "f.mlir").write_text(text)
        assert importer.main([str(tmp_path / "f.mlir"), "-o", str(output)]) == 1
        assert message in capsys.readouterr().err
        assert not output.exists()
    arguments = [str(tmp_path / "f.mlir"), "-o", str(output), "--shape=x=1"]
    assert importer.main(arguments) == 1
    assert "--shape: a .mlir file has the shapes" in capsys.readouterr().err


def import_error(tmp_path, proto, **options):
    onnx.save(proto, tmp_path / "bad.onnx")
    with pytest.raises(importer.ImportModelError) as raised:
        importer.import_onnx(tmp_path / "bad.onnx", tmp_path / "bad.mlir", **options)
    assert not (tmp_path / "bad.mlir").exists()
    return str(raised.value)


def test_errors_name_what_is_wrong(tmp_path):
    assert "no input 'z'; its inputs are: x" in import_error(
        tmp_path, mlp(), shapes={"z": (1,)}
    )
    assert "input 'x' has 2 dimensions, found 1 extents" in import_error(
        tmp_path, mlp(), shapes={"x": (1,)}
    )
    assert "must lie beside the module" in import_error(
        tmp_path, mlp(), weights="elsewhere/w.safetensors"
    )
    unknown = model(
        [helper.make_node("Frobnicate", ["x"], ["y"], domain="acme")],
        {"x": [2]},
        {"y": [2]},
        {},
        domains=["acme"],
    )
    assert "Frobnicate" in import_error(tmp_path, unknown)
    with pytest.raises(importer.ImportModelError, match="missing.onnx: no such file"):
        importer.import_onnx(tmp_path / "missing.onnx", tmp_path / "m.mlir")
    (tmp_path / "noise.onnx").write_bytes(b"\x00\x01 this is no model")
    with pytest.raises(importer.ImportModelError, match="noise.onnx: "):
        importer.import_onnx(tmp_path / "noise.onnx", tmp_path / "m.mlir")


def test_what_llvm_cannot_read_names_op_and_versions(tmp_path, monkeypatch):
    monkeypatch.setattr(
        lowering.Lowering,
        "run",
        lambda self: "func.func @main() {\n  linalg.from_the_future\n  return\n}\n",
    )
    message = import_error(tmp_path, mlp())
    assert message.startswith("LLVM 22.1 cannot read what torch-mlir 2")
    assert "linalg.from_the_future" in message


def test_missing_packages_are_named(tmp_path, monkeypatch):
    from compress.importer import errors

    def missing(name):
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(errors.importlib, "import_module", missing)
    assert "pip install 'compress-mlir[import]'" in import_error(tmp_path, mlp())


@pytest.mark.parametrize("text", ["x", "x=1y2", "=1x2", "x=-1"])
def test_shapes_that_are_none(capsys, text):
    assert importer.main(["model.onnx", "-o", "m.mlir", f"--shape={text}"]) == 1
    assert f"found '{text}'" in capsys.readouterr().err


def test_the_command(tmp_path, capsys):
    onnx.save(mlp(), tmp_path / "model.onnx")
    output = tmp_path / "out.mlir"
    arguments = [
        str(tmp_path / "model.onnx"),
        "-o",
        str(output),
        "--shape",
        "x=?x16",
        "--entry",
        "infer",
    ]
    assert (
        importer.main([*arguments, "--weights-out", str(tmp_path / "w.safetensors")])
        == 0
    )
    assert (
        "func.func @infer" in output.read_text()
        and (tmp_path / "w.safetensors").exists()
    )
    assert importer.main([str(tmp_path / "missing.onnx"), "-o", str(output)]) == 1
    assert capsys.readouterr().err.startswith("compress-import: error: ")

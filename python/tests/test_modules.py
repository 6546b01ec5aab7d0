# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules: reading, compressing, passes, reports, writing."""

import compress
import numpy as np
import pytest

ADD = """func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
"""


def weights():
    """A product with a weight of 64x32 that is written out."""
    rng = np.random.default_rng(0)
    rows = ", ".join(f"[{', '.join(f'{v:.6e}' for v in row)}]" for row in rng.normal(size=(64, 32)))
    return f"""func.func @main(%x: tensor<?x64xf32> {{compress.name = "x"}}) -> tensor<?x32xf32> {{
  %w = arith.constant dense<[{rows}]> : tensor<64x32xf32>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%n) : tensor<?x32xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x32xf32>) outs(%i : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}}
"""


def test_text_and_files_are_read_alike(tmp_path):
    path = tmp_path / "add.mlir"
    path.write_text(ADD)
    assert str(compress.Module.parse(path)) == str(compress.Module.parse(ADD))
    assert str(compress.Module.parse(str(path))) == str(compress.Module.parse(ADD))


def test_diagnostics_are_exceptions_with_location_and_notes():
    with pytest.raises(compress.CompressError, match=r"<module>:2:3: error: .*'foo' is unknown"):
        compress.Module.parse("func.func @main() {\n  foo\n}\n")
    twice = "func.func private @f()\nfunc.func private @f()\n"
    with pytest.raises(compress.CompressError, match=r"(?s)<module>:2:1: error: .*\n  <module>:1:1: note: "):
        compress.Module.parse(twice)
    with pytest.raises(compress.CompressError, match="missing.mlir"):
        compress.Module.parse("missing.mlir")


def test_passes_run_on_a_copy():
    module = compress.Module.parse(weights())
    before = str(module)
    for pipeline in ("compress-quantize", "builtin.module(compress-quantize)"):
        assert "compress.encode" in str(module.run_pipeline(pipeline))
        assert "compress.encode" in str(compress.run_pipeline(module, pipeline))
    assert str(module) == before


@pytest.mark.parametrize(
    "pipeline, message",
    [
        ("no-such-pass", "'no-such-pass' does not refer to a registered pass"),
        ("builtin.module(canonicalize", "expected '\\)' at the end"),
        ("compress-pipeline{quantize=w99}", "unknown preset 'w99'"),
        ("compress-pipeline{colour=red}", "no such option colour"),
        ("compress-quantize{rule=w99}", "unknown preset 'w99'"),
    ],
)
def test_pipelines_that_cannot_run_say_why(pipeline, message):
    with pytest.raises(compress.CompressError, match=message):
        compress.Module.parse(ADD).run_pipeline(pipeline)


def test_rules_are_flags_texts_and_dictionaries():
    stages = {"stages": [{"prune": {"pattern": "2:4"}}, {"quantize": {"preset": "w8a16"}}]}
    lines = "stages:\n  - prune: {pattern: 2:4}\n  - quantize: {preset: w8a16}\n"
    texts = {
        # A module of its own each: names of weights are unique in a context.
        str(compress.Module.parse(weights()).compress(**rules))
        for rules in (
            {"quantize": True, "prune": True},
            {"quantize": "w8a16", "prune": "2:4"},
            {"quantize": {"preset": "w8a16"}, "prune": "{pattern: 2:4}"},
            {"recipe": stages},
            {"recipe": lines},
        )
    }
    assert len(texts) == 1


def test_a_recipe_excludes_rules_and_something_must_be_asked_for():
    module = compress.Module.parse(ADD)
    with pytest.raises(ValueError, match="together"):
        module.compress(quantize=True, recipe={"stages": []})
    with pytest.raises(ValueError, match="nothing to do"):
        module.compress()
    with pytest.raises(compress.CompressError, match="cannot read the recipe"):
        module.compress(recipe="missing.yaml")
    with pytest.raises(compress.CompressError, match="w99"):
        module.compress(quantize="w99")


def test_a_report_is_a_dictionary_and_a_table():
    report = compress.Module.parse(weights()).compress(quantize="w8a16").report()
    (site,) = report["sites"]
    # A byte for each of 64 * 32 weights and an f32 scale for each of 32 channels.
    assert site["bytes"] == report["totals"]["bytes"] == 64 * 32 + 4 * 32
    assert "1 of 1 sites compressed" in str(report)
    page = report._repr_html_()
    assert page.count("<tr>") == 3 and "#compress.scheme&lt;" in page
    assert compress.Module.parse(ADD).report()["sites"] == []


@pytest.mark.parametrize("name", ["small.mlir", "small.mlirbc"])
def test_a_module_is_saved_with_its_weights(tmp_path, name):
    module = compress.Module.parse(weights()).compress(quantize=True)
    module.save(tmp_path / name, weights=tmp_path / "small.safetensors")
    assert (tmp_path / name).read_bytes().startswith(b"ML\xefR") == name.endswith("bc")
    loaded = compress.Module.parse(tmp_path / name)
    assert "#compress.external" in str(loaded)
    x = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    np.testing.assert_array_equal(compress.compile(loaded)(x), compress.compile(module)(x))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(compress.CompressError, match="which is not beside"):
        loaded.save(elsewhere / name)
    assert list(elsewhere.iterdir()) == []
    loaded.save(elsewhere / name, weights=elsewhere / "copy.safetensors")
    again = compress.Module.parse(elsewhere / name)
    np.testing.assert_array_equal(compress.compile(again)(x), compress.compile(module)(x))


def test_weights_are_looked_up_in_given_directories(tmp_path):
    compress.Module.parse(weights()).save(tmp_path / "m.mlir", weights=tmp_path / "m.safetensors")
    text = (tmp_path / "m.mlir").read_text()
    x = np.ones((1, 64), np.float32)
    compress.compile(compress.Module.parse(text, weights_dirs=[tmp_path]))(x)
    with pytest.raises(compress.CompressError, match="m.safetensors"):
        compress.compile(text)

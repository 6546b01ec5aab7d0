# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled functions: arrays in and out, signatures, targets."""

import threading

import compress
import ml_dtypes
import numpy as np
import pytest

MLIR = {
    "F64": "f64", "F32": "f32", "F16": "f16", "BF16": "bf16",
    "I64": "i64", "I32": "i32", "I16": "i16", "I8": "i8",
}  # fmt: skip
NUMPY = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
    "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8,
}  # fmt: skip


def transpose(element):
    return f"""func.func @main(%x: tensor<2x3x{element}> {{compress.name = "x"}}) -> tensor<3x2x{element}> {{
  %e = tensor.empty() : tensor<3x2x{element}>
  %y = linalg.transpose ins(%x : tensor<2x3x{element}>) outs(%e : tensor<3x2x{element}>) permutation = [1, 0]
  return %y : tensor<3x2x{element}>
}}
"""


TWO = """func.func @main(%a: tensor<?xf32> {compress.name = "a"}, %b: tensor<?xf32> {compress.name = "b"})
    -> (tensor<?xf32> {compress.name = "sum"}, tensor<?xf32> {compress.name = "difference"}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %s = linalg.add ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %d = linalg.sub ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %s, %d : tensor<?xf32>, tensor<?xf32>
}
"""


@pytest.fixture(scope="module")
def two():
    return compress.compile(TWO)


class OnlyDLPack:
    """An array of a library that shares nothing but DLPack with NumPy."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **kwargs):
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


@pytest.mark.parametrize("dtype", MLIR)
def test_element_types_come_and_go(dtype):
    function = compress.compile(transpose(MLIR[dtype]))
    assert function.inputs == (compress.TensorSpec("x", dtype, (2, 3)),)
    x = np.arange(6).reshape(2, 3).astype(NUMPY[dtype])
    y = function(x)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, x.T)


def test_inputs_by_position_by_name_and_of_dlpack(two):
    a, b = np.float32([1, 2, 3]), np.float32([4, 8, 16])
    expected = {"sum": a + b, "difference": a - b}
    for results in (two(a, b), two(a, b=b), two(b=b, a=a), two(OnlyDLPack(a), b)):
        assert list(results) == ["sum", "difference"]
        for name in expected:
            np.testing.assert_array_equal(results[name], expected[name])


def test_memory_is_read_in_place_and_results_stay():
    function = compress.compile(transpose("f32"))
    x = np.zeros((2, 3), np.float32)
    x.flags.writeable = False
    first = function(x)
    x.flags.writeable = True
    x[0, 1] = 5
    second = function(x)
    assert first[1, 0] == 0 and second[1, 0] == 5
    # The array is a view of memory that something else owns, and may be written.
    assert not second.flags.owndata and second.flags.writeable
    np.testing.assert_array_equal(np.from_dlpack(second), second)


def test_memory_outlives_the_function():
    results = compress.compile(TWO)(np.ones(1000, np.float32), np.ones(1000, np.float32))
    assert results["sum"].sum() == 2000


def test_empty_arrays(two):
    assert two(np.zeros(0, np.float32), np.zeros(0, np.float32))["sum"].shape == (0,)


def test_arrays_that_do_not_fit_are_refused_with_the_signature(two):
    good = np.zeros(4, np.float32)
    for arrays, error, message in [
        ((good.astype(np.float64), good), ValueError, "input 'a': expected type F32, found F64"),
        ((good.reshape(2, 2), good), ValueError, r"input 'a': expected .* found shape \[2, 2\]"),
        ((good, good[:3]), ValueError, "input 'b': expected dimension 0 to be 4"),
        ((good,), ValueError, "missing input 'b'"),
        ((good, good, good), TypeError, "at most 2 arrays, found 3"),
    ]:
        with pytest.raises(error, match=message) as raised:
            two(*arrays)
        assert "a: F32[?]" in str(raised.value) and "difference: F32[?]" in str(raised.value)
    with pytest.raises(ValueError, match="unknown input 'c'"):
        two(good, b=good, c=good)
    with pytest.raises(TypeError, match="by position and by name"):
        two(good, a=good)
    with pytest.raises(ValueError, match="input 'a': expected a row-major array"):
        two(np.zeros(8, np.float32)[::2], good)
    with pytest.raises(ValueError, match="aligned for its type"):
        two(np.zeros(17, np.int8)[1:].view(np.float32), good)
    with pytest.raises(TypeError, match="input 'a': expected an array .* found <class 'list'>"):
        two([1.0], good)
    with pytest.raises(ValueError, match="its element type is none"):
        two(good.astype(np.complex64), good)


def test_entries_and_targets():
    module = TWO.replace("@main", "@first") + TWO.replace("@main", "@second")
    with pytest.raises(compress.CompressError, match="several: first, second"):
        compress.compile(module)
    with pytest.raises(compress.CompressError, match="'third'"):
        compress.compile(module, entry="third")
    with pytest.raises(ValueError, match="expected 'cpu', 'emulated' or 'cuda', found 'tpu'"):
        compress.compile(module, target="tpu")
    with pytest.raises(compress.CompressError, match="sm_1"):
        compress.compile(module, target="emulated", entry="first", chip="sm_1")
    # One array for both inputs: the emulator has a buffer for each.
    ones = np.ones(8, np.float32)
    results = compress.compile(module, target="emulated", entry="second")(ones, ones)
    np.testing.assert_array_equal(results["sum"], 2 * ones)


def test_a_recipe_compresses_before_compiling(tmp_path):
    stages = {"stages": [{"prune": {"pattern": "no such"}}]}
    with pytest.raises(compress.CompressError, match="no such"):
        compress.compile(TWO, recipe=stages)


def test_threads_call_at_a_time(two):
    a = np.arange(100_000, dtype=np.float32)
    failures = []

    def call(b):
        for _ in range(20):
            if not np.array_equal(two(a, b)["sum"], a + b):
                failures.append(b[0])

    threads = [threading.Thread(target=call, args=(np.full_like(a, i),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

//===- LaunchTable.h - How to launch a module's kernels ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PTX says nothing of who calls it. The launch table is the host's part as
// JSON, for any launcher to follow:
//
//   {"version": 1, "functions": [{
//     "name": "mlp",
//     "arguments": [{"name": "x", "type": "f32", "shape": [-1, 768]}, ...],
//     "buffers": [{"name": "buffer0", "bytes": ["mul", ["dim", "x", 0], 40]}],
//     "launches": [{"kernel": "mlp_tile", "grid": [...], "block": [256, 1, 1],
//                   "parameters": [{"pointer": "x"},
//                                  {"i64": ["dim", "x", 0]}, ...]}],
//     "results": [{"name": "out0", "type": "f32", "buffer": "buffer0",
//                  "shape": [["dim", "x", 0], 10]}]}]}
//
// Arguments and results have the names by which the other tools know them; -1
// is a size that the caller chooses. Every argument is a contiguous device
// buffer, row-major. An argument that is a constant of the module says where
// its bytes are: "base64", or the "resource" of that name in the module, or the
// entry "key" of the safetensors file "file". A size is a number, ["dim",
// argument, dimension], or an operator on two sizes: add, sub, mul, div
// (rounding down), ceildiv, rem, min, max. The launches go to one stream in
// order; one whose grid has a zero is left out, and so is one with "if", a list
// of conditions ["le", size, size] (at most) or ["gt", size, size] (more),
// unless all hold. A launch with "sharedBytes"
// needs as much dynamic shared memory, which beyond 48 KiB a kernel must be
// allowed to have (cuFuncSetAttribute). A parameter {"tensorMap": {"pointer",
// "type", "extents", "strides", "box", "swizzle"}} is passed by value, 128
// bytes that cuTensorMapEncodeTiled fills; dimensions are outermost first,
// strides in bytes, a swizzle of 0 or 128 bytes, and what is outside is zero.
// Buffers begin at multiples of 16 bytes. All buffers live until the last
// launch has ended.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_LAUNCHTABLE_H
#define COMPRESS_TARGET_LAUNCHTABLE_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/JSON.h"

namespace mlir {
class ModuleOp;

namespace compress {

/// The table of a module that went through `buildLinalgToGPUPipeline`. Fails
/// with a diagnostic where a function's host code has a loop, or anything else
/// that a table cannot say.
FailureOr<llvm::json::Value> buildLaunchTable(ModuleOp module);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_TARGET_LAUNCHTABLE_H

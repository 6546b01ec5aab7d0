// RUN: compress-translate %S/Inputs/compressed-mlp.mlir --target=cuda --chip=sm_80 --table=%t.json -o %t.ptx
// RUN: FileCheck %s --check-prefix=PTX --input-file=%t.ptx
// RUN: FileCheck %s --check-prefix=TABLE --input-file=%t.json

// Compressed tensors become their components in the kernel's parameters, and a
// constant becomes an argument whose bytes are in the table.

// PTX:     .visible .entry mlp_tile(
// PTX-NOT: __nv_
// PTX:     fma.rn.f32

// TABLE:     "arguments": [
// TABLE:       "name": "x",
// TABLE:       "name": "w1.values",
// TABLE:       "name": "w1.scales",
// TABLE:       "name": "w1.indices",
// TABLE:       "name": "w2.values",
// TABLE:       "name": "w2.scales",
// TABLE:       "base64": "AACAPwAAAEAAAEBAAACAQAAAoEAAAMBAAADgQAAAAEE="
// TABLE:       "name": "constant0",
// TABLE:     "results": [
// TABLE:       "name": "y",

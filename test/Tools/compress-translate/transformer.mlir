// RUN: compress-translate %S/Inputs/transformer.mlir --target=cuda --chip=sm_80 | FileCheck %s
// RUN: compress-translate %S/Inputs/transformer.mlir --target=cuda --chip=sm_90a | FileCheck %s
// RUN: compress-opt %S/Inputs/transformer.mlir \
// RUN:   --pass-pipeline='builtin.module(compress-linalg-to-kernels)' | FileCheck %s --check-prefix=HOST

// A whole transformer block, without a call of a device library for its
// exponentials, error functions and square roots.

// CHECK-NOT: __nv_
// CHECK-NOT: .extern
// CHECK:     .visible .entry block_rows(
// CHECK:     shfl.sync.bfly
// CHECK-NOT: __nv_
// CHECK-NOT: .extern

// No buffer holds a dense weight, no fill and no copy has a launch of its own,
// and the four projections of one shape share a kernel.

// HOST-LABEL: func.func @block
// HOST-NOT:   memref<384x384xf32>
// HOST-NOT:   memref<384x1536xf32>
// HOST-NOT:   memref<1536x384xf32>
// HOST-COUNT-4: gpu.launch_func @kernels::@block_tile blocks
// HOST-NOT:   memref<384x384xf32>
// HOST-NOT:   memref<384x1536xf32>
// HOST-NOT:   memref<1536x384xf32>
// HOST:       gpu.module @kernels

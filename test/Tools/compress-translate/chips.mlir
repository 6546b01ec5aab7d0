// REQUIRES: ptxas

// What the portable kernels need, every chip has: ptxas assembles them without a
// warning, without spills, and within the chip's shared memory.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{chip} =
// DEFINE: %{file} =
// DEFINE: %{assemble} = compress-translate %{file} --target=cuda --chip=%{chip} -o %t/out.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=%{chip}
// REDEFINE: %{chip} = sm_89
// REDEFINE: %{file} = %S/matmul.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/packed.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/Inputs/transformer.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/Inputs/compressed-mlp.mlir
// RUN: %{assemble}
// REDEFINE: %{chip} = sm_100a
// RUN: %{assemble}
// REDEFINE: %{file} = %S/matmul.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/packed.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/Inputs/transformer.mlir
// RUN: %{assemble}
// REDEFINE: %{chip} = sm_120
// RUN: %{assemble}
// REDEFINE: %{file} = %S/matmul.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/packed.mlir
// RUN: %{assemble}
// REDEFINE: %{file} = %S/Inputs/compressed-mlp.mlir
// RUN: %{assemble}

// CHECK-NOT: {{warning|error}}
// CHECK:     Compiling entry function '{{.*}}' for '[[CHIP]]'
// CHECK-NOT: {{[1-9][0-9]*}} bytes spill
// CHECK-NOT: {{warning|error}}

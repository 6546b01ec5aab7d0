// REQUIRES: ptxas
// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %S/Inputs/mlp.mlir --target=cuda --chip=sm_80 -o %t/mlp.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_80 -DKERNEL=mlp_tile
// RUN: compress-translate %S/Inputs/mlp.mlir --target=cuda --chip=sm_90a -o %t/mlp.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=mlp_tile
// RUN: compress-translate %S/Inputs/transformer.mlir --target=cuda --chip=sm_80 -o %t/block.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_80 -DKERNEL=block_tile
// RUN: compress-translate %S/Inputs/transformer.mlir --target=cuda --chip=sm_90a -o %t/block.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=block_tile
// RUN: compress-translate %S/Inputs/compressed-mlp.mlir --target=cuda --chip=sm_90a -o %t/compressed.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=mlp_tile
// RUN: compress-translate %S/matmul.mlir --target=cuda --chip=sm_80 -o %t/matmul.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_80 -DKERNEL=product_mma
// RUN: compress-translate %S/matmul.mlir --target=cuda --chip=sm_90a -o %t/matmul.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=product_mma
// RUN: compress-translate %S/packed.mlir --target=cuda --chip=sm_80 -o %t/packed.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_80 -DKERNEL=layer_stream
// RUN: compress-translate %S/packed.mlir --target=cuda --chip=sm_90a -o %t/packed.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=layer_stream
// RUN: compress-translate %S/warpgroup.mlir --target=cuda --chip=sm_90a -o %t/warpgroup.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=product_wgmma
// RUN: compress-translate %S/warpgroup-decode.mlir --target=cuda --chip=sm_90a -o %t/decode.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=tall_wgmma_decode
// RUN: compress-translate %S/tf32.mlir --target=cuda --chip=sm_80 --tf32 -o %t/tf32.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_80 -DKERNEL=across_mma
// RUN: compress-translate %S/tf32.mlir --target=cuda --chip=sm_90a --tf32 -o %t/tf32.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=sm_90a -DKERNEL=across_mma
// RUN: llvm-readelf -h %t/block.cubin | FileCheck %s --check-prefix=ELF

// ptxas accepts every kernel, says nothing but information, and no kernel
// spills a register.

// CHECK-NOT: {{[1-9][0-9]*}} bytes spill
// CHECK-NOT: {{warning|error}}
// CHECK:     Compiling entry function '[[KERNEL]]' for '[[CHIP]]'
// CHECK-NEXT: Function properties for [[KERNEL]]
// CHECK-NEXT: 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
// CHECK-NOT: {{[1-9][0-9]*}} bytes spill
// CHECK-NOT: {{warning|error}}

// ELF: Machine: NVIDIA CUDA architecture

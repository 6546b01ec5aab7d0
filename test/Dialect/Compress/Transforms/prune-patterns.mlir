// The sparsity that each pattern gives, and what budgets, scores and masks do.

// RUN: rm -rf %t && mkdir %t
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/w.safetensors 'small=F32[4x8]:ramp' 'wide=F32[4x64]:ramp' 'table=F32[4x8]:ramp'
// RUN: compress-opt %s --compress-prune=rule=2:4t | FileCheck %s --check-prefix=TILE
// RUN: compress-opt %s --compress-prune=rule=block:4x2@0.5 | FileCheck %s --check-prefix=BLOCK
// RUN: compress-opt %s --compress-prune=rule=block:4@0.5 | FileCheck %s --check-prefix=RANK
// RUN: cp %s %t/m.mlir
// RUN: compress-opt %t/m.mlir --compress-prune=rule=0.99 | FileCheck %s --check-prefix=AUTO
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.9, format: csr}' | FileCheck %s --check-prefix=CSR
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.99, format: bitmap}' | FileCheck %s --check-prefix=BITMAP
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.5, budget: row}' | FileCheck %s --check-prefix=ROW
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.5, budget: global}' | FileCheck %s --check-prefix=GLOBAL
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.5, budget: global, ignore: [wide]}' | FileCheck %s --check-prefix=ALONE

// TILE-LABEL: func.func @main
// TILE: compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %{{.*}} {compress.site = "wide"} : tensor<64x4xf32>
// TILE: compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %{{.*}} {compress.site = "small"} : tensor<8x4xf32>

// 32 x 1 and 4 blocks.
// BLOCK-LABEL: func.func @main
// BLOCK: compress.prune #compress.block<[4, 2], count = 16>, %{{.*}} : tensor<64x4xf32>
// BLOCK: compress.prune #compress.block<[4, 2], count = 2>, %{{.*}} : tensor<8x4xf32>
// RANK: reasons = {prune = "its weight has 2 dimensions, and the blocks of the pattern have 1"}
// RANK-NOT: compress.prune #

// 256 - 253 are kept of one and 32 - 32 of the other. Bitmap and CSR have the
// same offsets; 64 bytes of bits against 12 of columns, and 8 against 0.
// AUTO-LABEL: func.func @main
// AUTO: compress.prune #compress.csr<count = 3>, %{{.*}} : tensor<64x4xf32>
// AUTO: compress.prune #compress.csr<count = 0>, %{{.*}} : tensor<8x4xf32>
// CSR: compress.prune #compress.csr<count = 26>
// CSR: compress.prune #compress.csr<count = 3>
// BITMAP: compress.prune #compress.bitmap<count = 3>
// BITMAP: compress.prune #compress.bitmap<count = 0>

// 2 of each row of 4.
// ROW: compress.prune #compress.bitmap<count = 128>, %{{.*}} budget = row
// ROW: compress.prune #compress.bitmap<count = 16>, %{{.*}} budget = row

// The weights are -128 to 127 and -16 to 15. The 144 greatest magnitudes of all
// 288 are those from 57 (two each, but one of 128): 71 + 72 = 143, and one of the
// two of 56, all of the first weight. A table that is looked up has no part in it.
// GLOBAL: compress.prune #compress.bitmap<count = 144>
// GLOBAL-NOT: budget
// GLOBAL: compress.prune #compress.csr<count = 0>
// ALONE: compress.prune #compress.bitmap<count = 16>, %{{.*}} {compress.site = "small"}
// ALONE-NOT: compress.prune #

func.func @main(%x: tensor<1x64xf32>, %y: tensor<1x8xf32>, %c: tensor<1x4xf32>, %rows: tensor<3x1xi32>) -> (tensor<1x4xf32>, tensor<3x8xf32>) {
  %wide = arith.constant #compress.external<"w.safetensors", "wide"> : tensor<4x64xf32>
  %i = tensor.empty() : tensor<64x4xf32>
  %t = linalg.transpose ins(%wide : tensor<4x64xf32>) outs(%i : tensor<64x4xf32>) permutation = [1, 0]
  %0 = linalg.matmul ins(%x, %t : tensor<1x64xf32>, tensor<64x4xf32>) outs(%c : tensor<1x4xf32>) -> tensor<1x4xf32>
  %small = arith.constant #compress.external<"w.safetensors", "small"> : tensor<4x8xf32>
  %j = tensor.empty() : tensor<8x4xf32>
  %u = linalg.transpose ins(%small : tensor<4x8xf32>) outs(%j : tensor<8x4xf32>) permutation = [1, 0]
  %1 = linalg.matmul ins(%y, %u : tensor<1x8xf32>, tensor<8x4xf32>) outs(%0 : tensor<1x4xf32>) -> tensor<1x4xf32>
  %table = arith.constant #compress.external<"w.safetensors", "table"> : tensor<4x8xf32>
  %2 = tensor.gather %table[%rows] gather_dims([0]) : (tensor<4x8xf32>, tensor<3x1xi32>) -> tensor<3x8xf32>
  return %1, %2 : tensor<1x4xf32>, tensor<3x8xf32>
}

// Scores and masks from files: what they build, what folding makes of them, and
// entries that do not fit.

// RUN: rm -rf %t && mkdir %t && cp %s %t/m.mlir
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/w.safetensors 'w=F16[2x4]:1,2,3,4,5,6,7,8' 'other=F16[4x2]:1,2,3,4,5,6,7,8'
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/scores.safetensors 'w=F32[2x4]:0,-1,9,8,7,-2,0,-3'
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/mask.safetensors 'w=BOOL[2x4]:1,0,0,0,0,1,1,0' 'other=U8[4x2]:0,7,0,0,0,0,0,1'
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/bad.safetensors 'w=F16[2x4]:0,0,0,0,0,0,0,0' 'other=F32[2x4]:0,0,0,0,0,0,0,0'

// RUN: compress-opt %t/m.mlir --compress-prune='rule={scores: scores.safetensors}' | FileCheck %s
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.5, mask: mask.safetensors}' | FileCheck %s --check-prefix=MASK
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: "block:2x1@0.5", mask: mask.safetensors}' | FileCheck %s --check-prefix=BLOCK
// RUN: compress-opt %t/m.mlir --compress-prune='rule={scores: bad.safetensors}' | FileCheck %s --check-prefix=BAD
// RUN: not compress-opt %t/m.mlir --compress-prune='rule={mask: scores.safetensors, targets: [w]}' 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: compress-opt %t/m.mlir --compress-prune='rule={scores: none.safetensors}' | FileCheck %s --check-prefix=NONE

// The tensor of the file goes through the weight's chain of views.
// CHECK: reasons = {prune = "{{.*}}other{{.*}}"}, site = "other"
// CHECK-LABEL: func.func @main
// CHECK: %[[W:.*]] = linalg.transpose
// CHECK: %[[F:.*]] = arith.constant #compress.external<"scores.safetensors", "w"> : tensor<2x4xf32>
// CHECK: %[[S:.*]] = linalg.transpose ins(%[[F]] : tensor<2x4xf32>) outs(%{{.*}} : tensor<4x2xf32>) permutation = [1, 0]
// CHECK: compress.prune #compress.nm<2:4, axis = 0>, %[[W]] scores(%[[S]] : tensor<4x2xf32>)
// CHECK-NOT: compress.prune

// A mask says how much is kept.
// MASK-LABEL: func.func @main
// MASK: compress.prune #compress.bitmap<count = 3>, %{{.*}} mask(%{{.*}} : tensor<4x2xi8>)
// MASK: %[[M:.*]] = arith.constant #compress.external<"mask.safetensors", "other"> : tensor<4x2xi8>
// MASK: compress.prune #compress.bitmap<count = 2>, %{{.*}} mask(%[[M]] : tensor<4x2xi8>)

// Blocks of rows 0, 1 and 2, 3: the first weight has its elements in three of
// four, the second in two.
// BLOCK-LABEL: func.func @main
// BLOCK: compress.prune #compress.block<[2, 1], count = 3>
// BLOCK: compress.prune #compress.block<[2, 1], count = 2>

// BAD-DAG: reasons = {prune = "entry \22w\22 of 'bad.safetensors' is [2, 4] of F16, expected [2, 4] of F32"}, site = "w"
// BAD-DAG: reasons = {prune = "entry \22other\22 of 'bad.safetensors' is [2, 4] of F32, expected [4, 2] of F32"}, site = "other"
// TARGET: error: stage 'prune' names 'w', but it cannot be compressed: entry "w" of 'scores.safetensors' is [2, 4] of F32, expected [2, 4] of BOOL, I8 or U8
// NONE-COUNT-2: reasons = {prune = "weights file 'none.safetensors' not found

// Folded, nothing of the files is left. Column 0 of the weight, 1 2 3 4, has the
// scores 0 -1 9 8: 3 and 4 stay; column 1, 5 6 7 8, has 7 -2 0 -3: 5 and 7.
// RUN: compress-opt %t/m.mlir --compress-prune='rule={scores: scores.safetensors, targets: [w]}' --compress-fold=weights-out=%t/out.safetensors | FileCheck %s --check-prefix=FOLD
// RUN: %python %src_root/test/Inputs/safetensors_tool.py dump %t/out.safetensors | FileCheck %s --check-prefix=FILE
// FOLD-NOT: scores.safetensors
// FILE: w.values=F16[2x2]:3,5,4,7
// FILE: w.indices=I8[2x1]:2,11
// FILE-NOT: w

// Prune and quantize commute, whatever pruning rests on.
// RUN: compress-opt %t/m.mlir --compress-prune='rule={pattern: 0.5, mask: mask.safetensors}' --compress-quantize -o %t/a.mlir
// RUN: compress-opt %t/m.mlir --compress-quantize --compress-prune='rule={pattern: 0.5, mask: mask.safetensors}' -o %t/b.mlir
// RUN: diff %t/a.mlir %t/b.mlir
// RUN: FileCheck %s --check-prefix=BOTH --input-file=%t/a.mlir
// BOTH-COUNT-2: compress.prune {{.*}} mask(

func.func @main(%x: tensor<3x4xf16>, %c: tensor<3x2xf16>) -> tensor<3x2xf16> {
  %w = arith.constant #compress.external<"w.safetensors", "w"> : tensor<2x4xf16>
  %i = tensor.empty() : tensor<4x2xf16>
  %t = linalg.transpose ins(%w : tensor<2x4xf16>) outs(%i : tensor<4x2xf16>) permutation = [1, 0]
  %0 = linalg.matmul ins(%x, %t : tensor<3x4xf16>, tensor<4x2xf16>) outs(%c : tensor<3x2xf16>) -> tensor<3x2xf16>
  %o = arith.constant #compress.external<"w.safetensors", "other"> : tensor<4x2xf16>
  %1 = linalg.matmul ins(%x, %o : tensor<3x4xf16>, tensor<4x2xf16>) outs(%0 : tensor<3x2xf16>) -> tensor<3x2xf16>
  return %1 : tensor<3x2xf16>
}

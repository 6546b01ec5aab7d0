// What one stage could not do stays in the plan when another stage succeeds, in
// any order.

// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize,compress-prune{rule=3:7})' -o %t.qp.mlir
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-prune{rule=3:7},compress-quantize)' -o %t.pq.mlir
// RUN: diff %t.qp.mlir %t.pq.mlir
// RUN: FileCheck %s < %t.pq.mlir
// RUN: compress-opt %s --prune=3:7 --quantize --dry-run | FileCheck %s --check-prefix=REPORT
// RUN: compress-opt %s --prune=3:7 --remarks-filter=compress -o %t.p.mlir 2>&1 \
// RUN:   | FileCheck %s --check-prefix=DENSE
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize,compress-prune{rule=3:7})' \
// RUN:   --remarks-filter=compress -o %t.r.mlir 2>&1 | FileCheck %s --check-prefix=LEFT

// A later stage of the same kind takes what the first has left, and nothing else.
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize{rule={preset: w4a16, ignore: [main/linalg.matmul_0]}},compress-quantize)' \
// RUN:   | FileCheck %s --check-prefix=LATER
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize{rule=w4a16},compress-quantize{rule={preset: w8a16}})' \
// RUN:   | FileCheck %s --check-prefix=FIRST

// CHECK: reasons = {prune = "N:M sparsity needs an extent that divides by 7 along its axis 0, found 8"}
// CHECK-SAME: scheme = #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>
// REPORT: #compress.affine<i8, block = [*, 1]>>; prune: N:M sparsity needs an extent that divides by 7
// DENSE: divides by 7
// DENSE-SAME: 'main/linalg.matmul_0' stays dense
// LEFT: 'main/linalg.matmul_0' is left alone by stage 'prune'
// LATER: compress.plan
// LATER-NOT: reasons
// LATER-SAME: #compress.affine<i8, block = [*, 1]>
// FIRST: compress.plan
// FIRST-NOT: affine<i8
// FIRST-SAME: #compress.affine<i4, block = [*, 1], scale = f16>
func.func @main(%x: tensor<2x8xf32>, %init: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0],
                             [1.5, 2.5], [3.5, 4.5], [5.5, 6.5], [7.5, 8.5]]> : tensor<8x2xf32>
  %y = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x2xf32>)
      outs(%init : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

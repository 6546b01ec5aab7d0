// What a transform does to the IR: FileCheck compares what is printed.

// RUN: compress-opt %s --quantize=w8a16 --prune=2:4 | FileCheck %s

// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<3x4xf32>
func.func @f(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[W:.*]] = compress.assemble
  %w = arith.constant dense<[[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]> : tensor<4x2xf32>
  // CHECK: compress.contract {{.*}} ins(%[[X]], %[[W]] : tensor<3x4xf32>,
  // CHECK-SAME: !compress.tensor<4x2xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  // CHECK-SAME: storage = #compress.affine<i8, block = [*, 1]>>>
  // CHECK-NOT: = linalg.matmul
  %y = linalg.matmul ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// RUN: compress-opt %s --compress-pack-weights="vector-width=2 tile-n=8 accumulators=8" | FileCheck %s

// Four rows of two vectors are one tile of eight accumulators, and panels have these two
// vectors; one row has all four, and so has an unknown number.

// CHECK-LABEL: func @four(
// CHECK: dense_resource<packed> : tensor<2x1x4xf32>
func.func @four(%x: tensor<4x1xf32>, %init: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]> : tensor<1x8xf32>
  %r = linalg.matmul ins(%x, %w : tensor<4x1xf32>, tensor<1x8xf32>) outs(%init : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

// CHECK-LABEL: func @others(
// CHECK-COUNT-1: dense_resource<{{.+}}> : tensor<1x1x8xf32>
// CHECK-NOT: dense_resource
func.func @others(%x: tensor<1x1xf32>, %y: tensor<?x1xf32>, %a: tensor<1x8xf32>, %b: tensor<?x8xf32>) -> (tensor<1x8xf32>, tensor<?x8xf32>) {
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]> : tensor<1x8xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<1x1xf32>, tensor<1x8xf32>) outs(%a : tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = linalg.matmul ins(%y, %w : tensor<?x1xf32>, tensor<1x8xf32>) outs(%b : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<?x8xf32>
}

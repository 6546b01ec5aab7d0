// A weight without a name that two sites read as it is counts once.

// RUN: compress-opt %s --prune=3:7 --dry-run | FileCheck %s

// CHECK:      main/linalg.matmul_0 32.00 128 128 - - N:M sparsity{{.*}} divides by 7
// CHECK-NEXT: main/linalg.matmul_1 32.00 128 128 - - shared with main/linalg.matmul_0; N:M sparsity
// CHECK-NEXT: 0 of 2 sites compressed; 128 -> 128 bytes
func.func @main(%x: tensor<2x8xf32>, %i: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.5, 2.5, 3.5, 4.5],
                             [1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.5, 2.5, 3.5, 4.5],
                             [1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<8x4xf32>
  %a = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  %b = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%a : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %a, %b : tensor<2x4xf32>, tensor<2x4xf32>
}

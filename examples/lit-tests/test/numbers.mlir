// What a transform does to the numbers: compress-run runs both modules on the same
// inputs and compares.

// RUN: compress-opt %s --quantize=w8a16 -o %t.mlir
// RUN: compress-run %t.mlir --reference=%s | FileCheck %s

// Each column is a power of two times integers of which the greatest is 127, so
// that int8 holds it exactly. What remains is the rounding of f32 sums.
// CHECK: out0 {{.*}} {{inf|1[0-9][0-9]\.[0-9]+}} {{.*}} 100.00%

func.func @main(%x: tensor<3x4xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 0.5], [-2.0, 3.0], [127.0, -7.5], [4.0, 63.5]]> : tensor<4x2xf32>
  %zero = arith.constant dense<0.0> : tensor<3x2xf32>
  %y = linalg.matmul ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>) outs(%zero : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

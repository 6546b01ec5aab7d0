// RUN: compress-opt %s --load-pass-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(compress-normalize,compress-quantize{rule={num_bits: 4, strategy: tensor}},keep-sensitive-dense{min-sqnr=20},compress-fold,compress-fuse)' \
// RUN:   | FileCheck %s

// The plan has the scheme of the one and the reason of the other.
// CHECK: scheme = #compress.scheme<storage = #compress.affine<i4>>
// CHECK-SAME: site = "even"
// CHECK: reasons = {"keep-sensitive-dense" = "its ratio of signal to error would be 15.7 dB, less than 20.0"}
// CHECK-SAME: site = "outlier"

// CHECK-LABEL: func.func @f(
func.func @f(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %even = arith.constant dense<[[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]> : tensor<4x2xf32>
  // CHECK: %[[W:.*]] = arith.constant dense<{{\[\[}}8.0
  // The outlier takes the scale, 8 / 7, so that 0.5 becomes 0: the ratio is
  // 10 log10((64 + 7 / 4) / (7 / 4)) = 15.7 dB.
  %outlier = arith.constant dense<[[8.0, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]> : tensor<4x2xf32>
  // CHECK: compress.contract
  %y = linalg.matmul ins(%x, %even : tensor<3x4xf32>, tensor<4x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32> loc("even")
  // CHECK: linalg.matmul {{.*}}ins(%{{.*}}, %[[W]] :
  %z = linalg.matmul ins(%x, %outlier : tensor<3x4xf32>, tensor<4x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32> loc("outlier")
  return %y, %z : tensor<3x2xf32>, tensor<3x2xf32>
}

// RUN: compress-opt %s --compress-pack-contracts="vector-width=2 tile-n=2" | FileCheck %s

// Scales that are floats of 8 bits are kept as f16, which has them all: the least, and
// 2 to 8.

#w4 = #compress.scheme<storage = #compress.affine<i4, block = [8, 1], scale = f8E4M3FN>>
// CHECK-LABEL: func @float8(
// CHECK: scales: "0x4000000000180040004500460042004400470048"
func.func @float8(%x: tensor<2x16xf32>, %init: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %values = arith.constant dense<1> : tensor<16x2xi8>
  %scales = arith.constant dense<[[1, 64, 68, 72], [74, 76, 78, 80]]> : tensor<2x4xi8>
  %w = compress.assemble %values, %scales : (tensor<16x2xi8>, tensor<2x4xi8>) -> !compress.tensor<16x4xf32, #w4>
  %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x16xf32>, !compress.tensor<16x4xf32, #w4>) outs(%init : tensor<2x4xf32>) {compress.site = "w"}
  return %y : tensor<2x4xf32>
}

// compress.contract multiplies in the type of its result; an op that multiplies in a
// narrower one and widens the product computes something else, and stays.

// RUN: compress-opt %s --quantize --dry-run | FileCheck %s
// CHECK: 0 of 0 sites compressed

func.func @main(%x: tensor<2x4xf16>, %init: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [1.5, 2.5, 3.5]]> : tensor<4x3xf16>
  %y = linalg.generic {
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                       affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<2x4xf16>, tensor<4x3xf16>) outs(%init : tensor<2x3xf32>) {
    ^bb0(%a: f16, %b: f16, %c: f32):
      %p = arith.mulf %a, %b : f16
      %e = arith.extf %p : f16 to f32
      %s = arith.addf %c, %e : f32
      linalg.yield %s : f32
  } -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// The exact integer form applies while i32 holds every sum: up to 33,025 terms of
// at most 255 * 255.

// RUN: compress-opt %s --convert-compress-to-linalg | FileCheck %s

!x = !compress.tensor<1x33025xf32, #compress.scheme<storage = #compress.affine<i8>>>
!w = !compress.tensor<33025x1xf32, #compress.scheme<storage = #compress.affine<i8>>>
!x1 = !compress.tensor<1x33026xf32, #compress.scheme<storage = #compress.affine<i8>>>
!w1 = !compress.tensor<33026x1xf32, #compress.scheme<storage = #compress.affine<i8>>>
!xd = !compress.tensor<1x?xf32, #compress.scheme<storage = #compress.affine<i8>>>
!wd = !compress.tensor<?x1xf32, #compress.scheme<storage = #compress.affine<i8>>>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @fits
// CHECK: arith.muli
// CHECK-LABEL: func @too_long
// CHECK-NOT: arith.muli
// CHECK-LABEL: func @unknown
// CHECK-NOT: arith.muli
func.func @fits(%x: !x, %w: !w, %i: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %y = compress.contract [#lhs, #rhs, #out] ins(%x, %w : !x, !w) outs(%i : tensor<1x1xf32>)
  return %y : tensor<1x1xf32>
}
func.func @too_long(%x: !x1, %w: !w1, %i: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %y = compress.contract [#lhs, #rhs, #out] ins(%x, %w : !x1, !w1) outs(%i : tensor<1x1xf32>)
  return %y : tensor<1x1xf32>
}
func.func @unknown(%x: !xd, %w: !wd, %i: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %y = compress.contract [#lhs, #rhs, #out] ins(%x, %w : !xd, !wd) outs(%i : tensor<1x1xf32>)
  return %y : tensor<1x1xf32>
}

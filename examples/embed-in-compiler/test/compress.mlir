// The op of this dialect is pruned and quantized, and becomes a product with the
// compressed weight; what is not compressed stays as it is.

// RUN: minic %s --quantize=w8a16 --prune=2:4 | FileCheck %s

// The order of rows and columns is the dialect's own: groups of 2:4 lie along
// dimension 1, which is summed over, and each row has a scale.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[WEIGHT:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>

// The plan says why what is not compressed stays dense.
// CHECK: op = "mini.linear"
// CHECK-SAME: reasons = {prune = "no operand is a weight:
// CHECK-SAME: site = "product/mini.linear_2"

// CHECK-LABEL: func.func @layer(
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>
func.func @layer(%x: tensor<?x8xf32>) -> tensor<?x2xf32> {
  // CHECK: %[[W:.*]] = compress.assemble {{.*}} -> !compress.tensor<2x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *]>>>
  %w = mini.weight dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
                          [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]]> : tensor<2x8xf32>
  // CHECK: %[[Y:.*]] = compress.contract [#[[INPUT]], #[[WEIGHT]], #[[RESULT]]] ins(%[[X]], %[[W]] :
  // CHECK-NOT: = mini.linear
  %y = mini.linear %x, %w : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32>
  // CHECK: mini.relu %[[Y]]
  %r = mini.relu %y : tensor<?x2xf32>
  return %r : tensor<?x2xf32>
}

// The weight is compressed where it is used, behind a transpose of this dialect.
// CHECK-LABEL: func.func @transposed(
func.func @transposed(%x: tensor<3x4xf32>) -> tensor<3x2xf32> {
  // CHECK-NOT: mini.transpose
  // In int8, 2 and 7 by 127 / 7, 8 and 6 by 127 / 8.
  // CHECK: arith.constant dense<{{\[\[}}36, 127], [127, 95]]> : tensor<2x2xi8>
  // CHECK: compress.assemble {{.*}} -> !compress.tensor<2x4xf32,
  %w = mini.weight dense<[[1.0, 3.0], [2.0, 8.0], [0.0, 0.0], [7.0, 6.0]]> : tensor<4x2xf32>
  %t = mini.transpose %w : (tensor<4x2xf32>) -> tensor<2x4xf32>
  %y = mini.linear %x, %t : (tensor<3x4xf32>, tensor<2x4xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @product(
func.func @product(%x: tensor<4x8xf32>, %y: tensor<2x8xf32>) -> tensor<4x2xf32> {
  // CHECK: = mini.linear
  %z = mini.linear %x, %y : (tensor<4x8xf32>, tensor<2x8xf32>) -> tensor<4x2xf32>
  return %z : tensor<4x2xf32>
}

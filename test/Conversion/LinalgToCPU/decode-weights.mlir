// RUN: compress-opt %s --compress-decode-weights | FileCheck %s

#nm = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f32>>
#w8 = #compress.scheme<storage = #compress.affine<i8>>
#f32 = #compress.scheme<storage = #compress.float<f32>>

// Two of four values are kept; the positions are the bits of the entries.

// CHECK-LABEL: func @sparse(
// CHECK-SAME: %[[X:.+]]: tensor<2x4xf32>, %[[INIT:.+]]: tensor<2x2xf32>
// CHECK: %[[W:.+]] = arith.constant dense_resource<decoded> : tensor<4x2xf32>
// CHECK: %[[A:.+]] = compress.assemble %[[W]] : (tensor<4x2xf32>) -> !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.float<f32>>>
// CHECK-NEXT: compress.contract {{.*}} ins(%[[X]], %[[A]] :
func.func @sparse(%x: tensor<2x4xf32>, %init: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %values = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %indices = arith.constant dense<[[4], [14]]> : tensor<2x1xi8>
  %w = compress.assemble %values, %indices : (tensor<2x2xf32>, tensor<2x1xi8>) -> !compress.tensor<4x2xf32, #nm>
  %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x4xf32>, !compress.tensor<4x2xf32, #nm>) outs(%init : tensor<2x2xf32>)
  return %y : tensor<2x2xf32>
}

// Left alone: a product of integers, a table, what is computed when running, and
// what is decoded.

// CHECK-LABEL: func @others(
// CHECK-NOT: dense_resource
func.func @others(%x: tensor<2x4xf32>, %init: tensor<2x2xf32>, %i: index, %v: tensor<4x2xi8>) -> (tensor<2x2xf32>, f32, tensor<4x2xf32>, tensor<4x2xf32>) {
  %values = arith.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8>
  %scale = arith.constant dense<1.0> : tensor<1x1xf32>
  %w = compress.assemble %values, %scale : (tensor<4x2xi8>, tensor<1x1xf32>) -> !compress.tensor<4x2xf32, #w8>
  %xq = compress.encode %x : tensor<2x4xf32> -> !compress.tensor<2x4xf32, #w8>
  %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%xq, %w : !compress.tensor<2x4xf32, #w8>, !compress.tensor<4x2xf32, #w8>) outs(%init : tensor<2x2xf32>)
  %e = compress.extract %w[%i, %i] : !compress.tensor<4x2xf32, #w8>
  %a = compress.assemble %v, %scale : (tensor<4x2xi8>, tensor<1x1xf32>) -> !compress.tensor<4x2xf32, #w8>
  %d = compress.decode %a : !compress.tensor<4x2xf32, #w8> -> tensor<4x2xf32>
  %plain = arith.constant dense<1.0> : tensor<4x2xf32>
  %p = compress.assemble %plain : (tensor<4x2xf32>) -> !compress.tensor<4x2xf32, #f32>
  %q = compress.decode %p : !compress.tensor<4x2xf32, #f32> -> tensor<4x2xf32>
  return %y, %e, %d, %q : tensor<2x2xf32>, f32, tensor<4x2xf32>, tensor<4x2xf32>
}

// Columns: 1 and 3 at positions 0 and 2 (entries 0, 2), 2 and 4 at 1 and 3.
// CHECK: decoded: "0x400000000000803F00000000000000000000004000004040000000000000000000008040"

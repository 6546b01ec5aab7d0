// Every kind of contraction is a site, with the weight on either side; zeros and
// scales follow its reduced dimension.

// RUN: compress-opt %s --compress-prune --compress-quantize --compress-fuse | FileCheck %s

// CHECK-LABEL: func.func @batch_matmul
// CHECK: compress.contract {{.*}} #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *, 1]>
func.func @batch_matmul(%x: tensor<2x1x4xf32>, %c: tensor<2x1x2xf32>) -> tensor<2x1x2xf32> {
  %w = arith.constant dense<[[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]], [[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.5]]]> : tensor<2x4x2xf32>
  %0 = linalg.batch_matmul ins(%x, %w : tensor<2x1x4xf32>, tensor<2x4x2xf32>) outs(%c : tensor<2x1x2xf32>) -> tensor<2x1x2xf32>
  return %0 : tensor<2x1x2xf32>
}

// CHECK-LABEL: func.func @vecmat
// CHECK: compress.contract {{.*}} #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8, block = [*, 1]>
func.func @vecmat(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %0 = linalg.vecmat ins(%x, %w : tensor<4xf32>, tensor<4x2xf32>) outs(%c : tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func.func @matvec
// CHECK: compress.contract {{.*}} #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *]>
func.func @matvec(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, -4.0], [0.5, 8.0, -7.0, 0.25]]> : tensor<2x4xf32>
  %0 = linalg.matvec ins(%w, %x : tensor<2x4xf32>, tensor<4xf32>) outs(%c : tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func.func @contract
// CHECK: compress.contract {{.*}} #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *]>
func.func @contract(%x: tensor<1x4xf32>, %c: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, -4.0], [0.5, 8.0, -7.0, 0.25]]> : tensor<2x4xf32>
  %0 = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<1x4xf32>, tensor<2x4xf32>) outs(%c : tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: func.func @generic
// CHECK: compress.contract {{.*}} #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8, block = [*, 1]>
func.func @generic(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]}
      ins(%x, %w : tensor<4xf32>, tensor<4x2xf32>) outs(%c : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// A generic of another body is no contraction.

// CHECK-LABEL: func.func @no_contraction
// CHECK-NOT: compress.
// CHECK: return
func.func @no_contraction(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]}
      ins(%x, %w : tensor<4xf32>, tensor<4x2xf32>) outs(%c : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.divf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Nor is one that changes an operand before it multiplies.

// CHECK-LABEL: func.func @negated
// CHECK-NOT: compress.
// CHECK: return
func.func @negated(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]}
      ins(%x, %w : tensor<4xf32>, tensor<4x2xf32>) outs(%c : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %n = arith.negf %a : f32
    %m = arith.mulf %n, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

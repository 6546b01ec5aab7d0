// The sparsity that the rule gives, its axis, and what is left alone.

// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/axes.mlir --compress-prune | FileCheck %t/axes.mlir
// RUN: compress-opt %t/names.mlir --compress-prune='rule={pattern: "1:4", targets: [wide]}' | FileCheck %t/names.mlir --check-prefix=TARGET
// RUN: compress-opt %t/names.mlir --compress-prune='rule={ignore: ["re:w"]}' | FileCheck %t/names.mlir --check-prefix=IGNORE
// RUN: compress-opt %t/names.mlir --compress-prune=rule=2:4 | FileCheck %t/names.mlir --check-prefix=LEFT
// RUN: compress-opt %t/names.mlir --compress-prune=rule=3:6 | FileCheck %t/names.mlir --check-prefix=SIX

//--- axes.mlir

// Without quantization the storage is the weight's own type.

// CHECK-LABEL: func.func @plain
// CHECK: %[[W:.*]] = arith.constant
// CHECK: %[[P:.*]] = compress.prune #compress.nm<2:4, axis = 0>, %[[W]] {compress.site = "plain/linalg.matmul_0"} : tensor<4x2xf16>
// CHECK: %[[E:.*]] = compress.encode %[[P]] {{.*}} : tensor<4x2xf16> -> !compress.tensor<4x2xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f16>>>
// CHECK: %[[D:.*]] = compress.decode %[[E]]
// CHECK: linalg.matmul {{.*}}ins(%arg0, %[[D]] :
func.func @plain(%x: tensor<3x4xf16>, %init: tensor<3x2xf16>) -> tensor<3x2xf16> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xf16>
  %y = linalg.matmul ins(%x, %w : tensor<3x4xf16>, tensor<4x2xf16>)
      outs(%init : tensor<3x2xf16>) -> tensor<3x2xf16>
  return %y : tensor<3x2xf16>
}

// CHECK-LABEL: func.func @transposed
// CHECK: compress.prune #compress.nm<2:4, axis = 1>
func.func @transposed(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
                                      affine_map<(m, n, k) -> (n, k)>,
                                      affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<3x4xf32>, tensor<2x4xf32>)
      outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @left
// CHECK: compress.prune #compress.nm<2:4, axis = 1>
// CHECK: %[[D:.*]] = compress.decode
// CHECK: linalg.matmul {{.*}}ins(%[[D]], %arg0 :
func.func @left(%x: tensor<4x3xf32>, %init: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  %y = linalg.matmul ins(%w, %x : tensor<2x4xf32>, tensor<4x3xf32>)
      outs(%init : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @batch
// CHECK: compress.prune #compress.nm<2:4, axis = 1>
func.func @batch(%x: tensor<2x3x4xf32>, %init: tensor<2x3x1xf32>) -> tensor<2x3x1xf32> {
  %w = arith.constant dense<[[[1.0], [2.0], [3.0], [4.0]], [[5.0], [6.0], [7.0], [8.0]]]> : tensor<2x4x1xf32>
  %y = linalg.batch_matmul ins(%x, %w : tensor<2x3x4xf32>, tensor<2x4x1xf32>)
      outs(%init : tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  return %y : tensor<2x3x1xf32>
}

//--- names.mlir

// TARGET: {op = "linalg.matmul", reasons = {prune = "not among the targets of stage 'prune'"}, site = "odd"
// TARGET: scheme = #compress.scheme<sparsity = #compress.nm<1:4, axis = 0>, storage = #compress.float<f32>>, site = "wide"
// TARGET: compress.prune #compress.nm<1:4, axis = 0>
// TARGET-NOT: compress.prune

// IGNORE: reasons = {prune = "ignored by stage 'prune'"}, site = "wide"
// IGNORE-NOT: compress.prune

// LEFT: reasons = {prune = "N:M sparsity needs an extent that divides by 4 along its axis 0, found 6"}, site = "odd"
// LEFT: compress.prune
// LEFT-SAME: compress.site = "wide"
// LEFT-NOT: compress.prune

// SIX: scheme = #compress.scheme<sparsity = #compress.nm<3:6, axis = 0>, storage = #compress.float<f32>>, site = "odd"
// SIX: reasons = {prune = "N:M sparsity needs an extent that divides by 6 along its axis 0, found 8"}, site = "wide"
func.func @main(%x: tensor<1x6xf32>, %z: tensor<1x8xf32>, %init: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %odd = arith.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]> : tensor<6x1xf32>
  %wide = arith.constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]> : tensor<8x1xf32>
  %0 = linalg.matmul {compress.site = "odd"} ins(%x, %odd : tensor<1x6xf32>, tensor<6x1xf32>)
      outs(%init : tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = linalg.matmul {compress.site = "wide"} ins(%z, %wide : tensor<1x8xf32>, tensor<8x1xf32>)
      outs(%init : tensor<1x1xf32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}

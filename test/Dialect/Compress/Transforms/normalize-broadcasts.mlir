// RUN: compress-opt %s --compress-normalize | FileCheck %s
// RUN: compress-opt %s --quantize | FileCheck %s --check-prefix=QUANTIZE

// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d2)>
// CHECK-DAG: #[[WT:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3)>

// A weight is repeated for every batch, by a generic as torch-mlir writes it.

// CHECK-LABEL: func.func @generic
// CHECK-SAME: %[[X:.*]]: tensor<?x4x8xf32>
// CHECK: %[[CST:.*]] = arith.constant {{.*}} : tensor<8x2xf32>
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[W]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]], %[[CST]] : tensor<?x4x8xf32>, tensor<8x2xf32>)
// CHECK-SAME: compress.site = "layer"
// QUANTIZE-LABEL: func.func @generic
// QUANTIZE: compress.contract
func.func @generic(%x: tensor<?x4x8xf32>, %e: tensor<?x4x2xf32>, %b: tensor<?x8x2xf32>) -> tensor<?x4x2xf32> {
  %w = arith.constant dense<"0x0000803F00000040000040400000803F00000040000040400000803F00000040000040400000803F00000040000040400000803F000000400000404000008040"> : tensor<8x2xf32>
  %r = linalg.generic {
    indexing_maps = [affine_map<(b, k, n) -> (k, n)>, affine_map<(b, k, n) -> (b, k, n)>],
    iterator_types = ["parallel", "parallel", "parallel"]
  } ins(%w : tensor<8x2xf32>) outs(%b : tensor<?x8x2xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<?x8x2xf32>
  %y = linalg.batch_matmul ins(%x, %r : tensor<?x4x8xf32>, tensor<?x8x2xf32>) outs(%e : tensor<?x4x2xf32>) -> tensor<?x4x2xf32> loc("layer")
  return %y : tensor<?x4x2xf32>
}

// By linalg.broadcast, of a transposed weight.

// CHECK-LABEL: func.func @broadcast
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[WT]], #{{.*}}]
// CHECK-NOT: linalg.broadcast
// CHECK: return
func.func @broadcast(%x: tensor<3x4x2xf32>, %e: tensor<3x4x2xf32>, %b: tensor<3x2x2xf32>) -> tensor<3x4x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %r = linalg.broadcast ins(%w : tensor<2x2xf32>) outs(%b : tensor<3x2x2xf32>) dimensions = [0]
  %y = linalg.batch_matmul
    indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>]
    ins(%x, %r : tensor<3x4x2xf32>, tensor<3x2x2xf32>) outs(%e : tensor<3x4x2xf32>) -> tensor<3x4x2xf32>
  return %y : tensor<3x4x2xf32>
}

// What is computed stays repeated.

// CHECK-LABEL: func.func @computed
// CHECK: linalg.batch_matmul
func.func @computed(%x: tensor<3x4x2xf32>, %w: tensor<2x2xf32>, %e: tensor<3x4x2xf32>, %b: tensor<3x2x2xf32>) -> tensor<3x4x2xf32> {
  %r = linalg.broadcast ins(%w : tensor<2x2xf32>) outs(%b : tensor<3x2x2xf32>) dimensions = [0]
  %y = linalg.batch_matmul ins(%x, %r : tensor<3x4x2xf32>, tensor<3x2x2xf32>) outs(%e : tensor<3x4x2xf32>) -> tensor<3x4x2xf32>
  return %y : tensor<3x4x2xf32>
}

// RUN: compress-opt %s --quantize --compress-report='output=-' -o %t.mlir | FileCheck %s --check-prefix=REPORT
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: compress-opt %s --prune | FileCheck %s --check-prefix=PRUNE
// RUN: compress-opt %s --quantize='{strategy: group, group_size: 4}' | FileCheck %s --check-prefix=GROUP

// A contraction of packed operands is compressed with its packed weight: the
// pack is a view of the constant, of which the codec reads the bytes. Its padding
// is zeros.

// REPORT: main/linalg.mmt4d_0 {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, *, 1, *]>>
// REPORT: main/linalg.batch_mmt4d_1 {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, 1, *, 1, *]>>

// The weight [[1, ..., 5], [10, ..., 50], [-1, ..., -5]]^T, padded to 6x4, in tiles of
// 2x4 (columns first), one scale for each column.

// CHECK-DAG: #[[M:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d2, d3, d5)>
// CHECK-DAG: #[[N:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d2, d4, d5)>
// CHECK-LABEL: func.func @main(
// CHECK-DAG: arith.constant dense<{{\[\[\[\[}}25, 51], [25, 51], [-25, -51], [0, 0]], {{\[\[}}76, 102], [76, 102], [-76, -102], [0, 0]], {{\[\[}}127, 0], [127, 0], [-127, 0], [0, 0]]]]> : tensor<1x3x4x2xi8>
// CHECK-DAG: arith.constant dense<{{\[\[\[\[}}0.0393700786], [0.393700778], [0.0393700786], [1.000000e+00]]]]> : tensor<1x1x4x1xf32>
// CHECK-NOT: tensor<5x3xf32>
// CHECK: compress.contract [#[[M]], #[[N]], #{{.*}}] ins(%{{.*}}, %{{.*}} : tensor<2x3x4x2xf32>, !compress.tensor<1x3x4x2xf32,

// Groups of N:M lie along the innermost reduced dimension, here in a tile of two.

// PRUNE: op = "linalg.mmt4d", reasons = {prune = "N:M sparsity needs an extent that divides by 4 along its axis 3, found 2"}
// PRUNE: linalg.mmt4d

// A group of four fills the two of a tile, then two tiles.

// GROUP: !compress.tensor<1x3x4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2, 1, *]>>>

func.func @main(%x: tensor<7x5xf32>, %xb: tensor<2x1x1x4x2xf32>) -> (tensor<7x3xf32>, tensor<2x1x1x4x4xf32>) {
  %w = arith.constant dense<[[1.0, 10.0, -1.0], [2.0, 20.0, -2.0], [3.0, 30.0, -3.0], [4.0, 40.0, -4.0], [5.0, 50.0, -5.0]]> : tensor<5x3xf32>
  %z = arith.constant 0.0 : f32
  %le = tensor.empty() : tensor<2x3x4x2xf32>
  %l = linalg.pack %x padding_value(%z : f32) inner_dims_pos = [0, 1] inner_tiles = [4, 2] into %le
      : tensor<7x5xf32> -> tensor<2x3x4x2xf32>
  %re = tensor.empty() : tensor<1x3x4x2xf32>
  %r = linalg.pack %w padding_value(%z : f32) outer_dims_perm = [1, 0] inner_dims_pos = [1, 0] inner_tiles = [4, 2] into %re
      : tensor<5x3xf32> -> tensor<1x3x4x2xf32>
  %oe = tensor.empty() : tensor<2x1x4x4xf32>
  %of = linalg.fill ins(%z : f32) outs(%oe : tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %o = linalg.mmt4d ins(%l, %r : tensor<2x3x4x2xf32>, tensor<1x3x4x2xf32>) outs(%of : tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %ue = tensor.empty() : tensor<7x3xf32>
  %u = linalg.unpack %o inner_dims_pos = [0, 1] inner_tiles = [4, 4] into %ue : tensor<2x1x4x4xf32> -> tensor<7x3xf32>

  %wb = arith.constant dense<[[[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]]], [[[[-1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]]]]> : tensor<2x1x1x4x2xf32>
  %be = tensor.empty() : tensor<2x1x1x4x4xf32>
  %bf = linalg.fill ins(%z : f32) outs(%be : tensor<2x1x1x4x4xf32>) -> tensor<2x1x1x4x4xf32>
  %b = linalg.batch_mmt4d ins(%xb, %wb : tensor<2x1x1x4x2xf32>, tensor<2x1x1x4x2xf32>) outs(%bf : tensor<2x1x1x4x4xf32>) -> tensor<2x1x1x4x4xf32>
  return %u, %b : tensor<7x3xf32>, tensor<2x1x1x4x4xf32>
}

// RUN: compress-opt %s --split-input-file --compress-pack-weights="vector-width=2 tile-n=4 dot-length=4" --canonicalize | FileCheck %s --check-prefixes=CHECK,FOUR
// RUN: compress-opt %s --split-input-file --compress-pack-weights="vector-width=2 tile-n=4 dot-length=2" --canonicalize | FileCheck %s --check-prefixes=CHECK,TWO

// Six columns are three panels of two: panels of four would be padded. What the
// product is added to comes afterwards.

// CHECK-LABEL: func @dense(
// CHECK-SAME: %[[X:.+]]: tensor<?x3xf32>, %[[INIT:.+]]: tensor<?x6xf32>
func.func @dense(%x: tensor<?x3xf32>, %init: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // CHECK: %[[W:.+]] = arith.constant dense_resource<packed> : tensor<3x3x2xf32>
  // CHECK: %[[R:.+]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction", "parallel"]
  // CHECK-SAME: ins(%[[X]], %[[W]] : tensor<?x3xf32>, tensor<3x3x2xf32>)
  // CHECK-SAME: {compress.site = "w"}
  // CHECK: %[[C:.+]] = tensor.collapse_shape %[[R]] {{\[}}[0], [1, 2]] : tensor<?x3x2xf32> into tensor<?x6xf32>
  // CHECK: linalg.generic {{.*}}ins(%[[C]], %[[INIT]] : tensor<?x6xf32>, tensor<?x6xf32>)
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
                             [6.0, 7.0, 8.0, 9.0, 10.0, 11.0],
                             [12.0, 13.0, 14.0, 15.0, 16.0, 17.0]]> : tensor<3x6xf32>
  %r = linalg.matmul {compress.site = "w"} ins(%x, %w : tensor<?x3xf32>, tensor<3x6xf32>)
      outs(%init : tensor<?x6xf32>) -> tensor<?x6xf32>
  return %r : tensor<?x6xf32>
}

// Panel 0 has columns 0 and 1 of each row, and so on: 0, 1, 6, 7, 12, 13, ...
// CHECK: packed: "0x40000000000000000000803F0000C0400000E0400000404100005041

// -----

// Signed bytes, of a transposed weight whose five columns are padded.

// CHECK-LABEL: func @bytes(
// CHECK-SAME: %[[X:.+]]: tensor<2x4xi8>
func.func @bytes(%x: tensor<2x4xi8>) -> tensor<2x5xi32> {
  // FOUR-DAG: %[[SUMS:.+]] = arith.constant dense<[-1280, 512, -128, 0, 65024]> : tensor<5xi32>
  // FOUR-DAG: %[[SIGN:.+]] = arith.constant -128 : i8
  // FOUR-DAG: %[[W:.+]] = arith.constant dense_resource<packed> : tensor<3x1x2x4xi8>
  // FOUR: %[[U:.+]] = linalg.generic {{.*}}ins(%[[X]] : tensor<2x4xi8>)
  // FOUR:   arith.xori %{{.+}}, %[[SIGN]] : i8
  // FOUR: %[[E:.+]] = tensor.expand_shape %[[U]] {{\[}}[0], [1, 2]] output_shape [2, 1, 4] : tensor<2x4xi8> into tensor<2x1x4xi8>
  // FOUR: %[[R:.+]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction"]
  // FOUR-SAME: ins(%[[E]], %[[W]] : tensor<2x1x4xi8>, tensor<3x1x2x4xi8>)
  // FOUR:   %[[A:.+]] = arith.extui %{{.+}} : i8 to i32
  // FOUR:   %[[B:.+]] = arith.extsi %{{.+}} : i8 to i32
  // FOUR:   arith.muli %[[A]], %[[B]]
  // FOUR: %[[C:.+]] = tensor.collapse_shape %[[R]]
  // FOUR: %[[S:.+]] = tensor.extract_slice %[[C]][0, 0] [2, 5] [1, 1] : tensor<2x6xi32> to tensor<2x5xi32>
  // FOUR: linalg.generic {{.*}}ins(%[[S]], %[[SUMS]] : tensor<2x5xi32>, tensor<5xi32>)
  //
  // TWO: %[[W:.+]] = arith.constant dense_resource<packed> : tensor<3x2x2x2xi16>
  // TWO: arith.extsi %{{.+}} : i8 to i16
  // TWO: linalg.generic {{.*}}ins(%{{.+}}, %[[W]] : tensor<2x2x2xi16>, tensor<3x2x2x2xi16>)
  // TWO:   arith.extsi %{{.+}} : i16 to i32
  // TWO:   arith.extsi %{{.+}} : i16 to i32
  // TWO-NOT: linalg.generic
  %w = arith.constant dense<[[1, 2, 3, 4], [-1, -1, -1, -1], [0, 0, 0, 1], [5, -5, 5, -5], [-127, -127, -127, -127]]> : tensor<5x4xi8>
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<2x5xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<2x5xi32>) -> tensor<2x5xi32>
  %r = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x4xi8>, tensor<5x4xi8>) outs(%init : tensor<2x5xi32>) -> tensor<2x5xi32>
  return %r : tensor<2x5xi32>
}

// -----

// The filter of a convolution: panels of output channels; the quarter of a lane
// that three channels leave is zero, and so is the image there.

// CHECK-LABEL: func @convolution(
func.func @convolution(%x: tensor<1x4x4x3xi8>) -> tensor<1x3x3x2xi32> {
  // FOUR: %[[W:.+]] = arith.constant dense_resource<packed> : tensor<1x2x2x1x2x4xi8>
  // FOUR: %[[P:.+]] = tensor.pad %{{.+}} low[0, 0, 0, 0] high[0, 0, 0, 1]
  // FOUR: %[[E:.+]] = tensor.expand_shape %[[P]] {{.*}} : tensor<1x4x4x4xi8> into tensor<1x4x4x1x4xi8>
  // FOUR: linalg.generic {{.*}}ins(%[[E]], %[[W]] :
  %w = arith.constant dense<[[[[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4], [5, 6]]],
                             [[[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4], [5, 7]]]]> : tensor<2x2x3x2xi8>
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<1x3x3x2xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<1x3x3x2xi32>) -> tensor<1x3x3x2xi32>
  %r = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<1x4x4x3xi8>, tensor<2x2x3x2xi8>)
      outs(%init : tensor<1x3x3x2xi32>) -> tensor<1x3x3x2xi32>
  return %r : tensor<1x3x3x2xi32>
}

// -----

// Two products that read one weight share what is packed.

// CHECK-LABEL: func @shared(
// CHECK-COUNT-1: dense_resource
// CHECK-NOT: dense_resource
// CHECK: return
func.func @shared(%x: tensor<1x2xf32>, %y: tensor<3x2xf32>, %a: tensor<1x4xf32>, %b: tensor<3x4xf32>) -> (tensor<1x4xf32>, tensor<3x4xf32>) {
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]> : tensor<2x4xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<1x2xf32>, tensor<2x4xf32>) outs(%a : tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = linalg.matmul ins(%y, %w : tensor<3x2xf32>, tensor<2x4xf32>) outs(%b : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<3x4xf32>
}

// -----

// Left alone: a splat, a weight on the left, and no weight at all.

// CHECK-LABEL: func @others(
// CHECK-NOT: linalg.generic
func.func @others(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: linalg.matmul
  // CHECK: linalg.generic
  // CHECK-SAME: ins(%{{.+}}, %{{.+}} : tensor<4x4xf32>, tensor<4x4xf32>) outs(%{{.+}} : tensor<4x4xf32>)
  // CHECK: linalg.matmul
  %splat = arith.constant dense<1.0> : tensor<4x4xf32>
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]> : tensor<4x4xf32>
  %a = linalg.matmul ins(%x, %splat : tensor<4x4xf32>, tensor<4x4xf32>) outs(%y : tensor<4x4xf32>) -> tensor<4x4xf32>
  %b = linalg.matmul ins(%w, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%y : tensor<4x4xf32>) -> tensor<4x4xf32>
  %c = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%y : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %c : tensor<4x4xf32>
}

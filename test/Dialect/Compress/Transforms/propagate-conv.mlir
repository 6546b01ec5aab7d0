// A transpose of a filter moves into the convolution's map. No named convolution
// has this layout, so a generic takes its place.

// RUN: compress-opt %s --compress-propagate | FileCheck %s
// RUN: compress-opt %s --compress-propagate --compress-fuse | FileCheck %s --check-prefix=FUSE

!w = !compress.tensor<5x4x3x3xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, *]>>>

// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 * 2 + d5, d6)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d6, d4, d5)>
// CHECK-DAG: #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>

// CHECK-LABEL: func.func @of_encode(
// CHECK-NOT: linalg.transpose
// CHECK: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.generic {indexing_maps = [#[[X]], #[[W]], #[[Y]]], {{.*}} ins(%arg0, %[[D]] :
// FUSE-LABEL: func.func @of_encode(
// FUSE-NOT: linalg.
// FUSE: compress.conv {{.*}} ins(%arg0, %{{.*}} : tensor<2x9x9x4xf32>, !compress.tensor<5x4x3x3xf32,
func.func @of_encode(%x: tensor<2x9x9x4xf32>, %w: tensor<5x4x3x3xf32>, %i: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %e = compress.encode %w : tensor<5x4x3x3xf32> -> !w
  %d = compress.decode %e : !w -> tensor<5x4x3x3xf32>
  %empty = tensor.empty() : tensor<3x3x4x5xf32>
  %t = linalg.transpose ins(%d : tensor<5x4x3x3xf32>) outs(%empty : tensor<3x3x4x5xf32>) permutation = [2, 3, 1, 0]
  %y = linalg.conv_2d_nhwc_hwcf {strides = dense<2> : tensor<2xi64>} ins(%x, %t : tensor<2x9x9x4xf32>, tensor<3x3x4x5xf32>)
      outs(%i : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// The site's name stays.

// CHECK-LABEL: func.func @of_argument(
// CHECK: %[[D:.*]] = compress.decode %arg1
// CHECK-NEXT: linalg.generic {indexing_maps = [#[[X]], #[[W]], #[[Y]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%arg0, %[[D]] : {{.*}}) attrs = {compress.site = "l0"}
// FUSE-LABEL: func.func @of_argument(
// FUSE-NEXT: compress.conv {{.*}} ins(%arg0, %arg1 : tensor<2x9x9x4xf32>, !compress.tensor<5x4x3x3xf32, {{.*}}>) {{.*}} {compress.site = "l0"}
func.func @of_argument(%x: tensor<2x9x9x4xf32>, %w: !w, %i: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %d = compress.decode %w : !w -> tensor<5x4x3x3xf32>
  %empty = tensor.empty() : tensor<3x3x4x5xf32>
  %t = linalg.transpose ins(%d : tensor<5x4x3x3xf32>) outs(%empty : tensor<3x3x4x5xf32>) permutation = [2, 3, 1, 0]
  %y = linalg.conv_2d_nhwc_hwcf {compress.site = "l0", strides = dense<2> : tensor<2xi64>} ins(%x, %t : tensor<2x9x9x4xf32>, tensor<3x3x4x5xf32>)
      outs(%i : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// Convolutions take the decode of filter, image or both.

// RUN: compress-opt %s --compress-fuse --split-input-file | FileCheck %s

!w = !compress.tensor<3x2x4x5xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, *, 1]>>>
!x = !compress.tensor<?x9x9x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, *]>>>

// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>

// Strides and dilations are in the map; the site's name stays.

// CHECK-LABEL: func.func @filter(
// CHECK-SAME: %[[IMAGE:[^:]*]]: tensor<?x9x9x4xf32>, %[[FILTER:[^:]*]]: !compress.tensor<{{.*}}, %[[INIT:[^:]*]]: tensor<?x4x6x5xf32>)
// CHECK-NEXT: %[[RESULT:.*]] = compress.conv [#[[X]], #[[W]], #[[Y]]] ins(%[[IMAGE]], %[[FILTER]] : {{.*}}) outs(%[[INIT]] : tensor<?x4x6x5xf32>) {compress.site = "l0"}
// CHECK-NEXT: return %[[RESULT]]
func.func @filter(%x: tensor<?x9x9x4xf32>, %w: !w, %i: tensor<?x4x6x5xf32>) -> tensor<?x4x6x5xf32> {
  %d = compress.decode %w : !w -> tensor<3x2x4x5xf32>
  %y = linalg.conv_2d_nhwc_hwcf {compress.site = "l0", strides = dense<[2, 1]> : tensor<2xi64>, dilations = dense<[1, 3]> : tensor<2xi64>}
      ins(%x, %d : tensor<?x9x9x4xf32>, tensor<3x2x4x5xf32>) outs(%i : tensor<?x4x6x5xf32>) -> tensor<?x4x6x5xf32>
  return %y : tensor<?x4x6x5xf32>
}

// CHECK-LABEL: func.func @both(
// CHECK-NEXT: compress.conv [#[[X]], #[[W]], #[[Y]]] ins(%arg0, %arg1 : !compress.tensor<?x9x9x4xf32, {{.*}}>, !compress.tensor<3x2x4x5xf32, {{.*}}>)
// CHECK-NEXT: return
func.func @both(%x: !x, %w: !w, %i: tensor<?x4x6x5xf32>) -> tensor<?x4x6x5xf32> {
  %dx = compress.decode %x : !x -> tensor<?x9x9x4xf32>
  %dw = compress.decode %w : !w -> tensor<3x2x4x5xf32>
  %y = linalg.conv_2d_nhwc_hwcf {strides = dense<[2, 1]> : tensor<2xi64>, dilations = dense<[1, 3]> : tensor<2xi64>}
      ins(%dx, %dw : tensor<?x9x9x4xf32>, tensor<3x2x4x5xf32>) outs(%i : tensor<?x4x6x5xf32>) -> tensor<?x4x6x5xf32>
  return %y : tensor<?x4x6x5xf32>
}

// The padding of an image stays before the convolution.

// CHECK-LABEL: func.func @padded(
// CHECK: %[[P:.*]] = tensor.pad
// CHECK: compress.conv {{.*}} ins(%[[P]], %{{.*}} : tensor<1x9x9x4xf32>,
func.func @padded(%x: tensor<1x7x7x4xf32>, %w: !w, %i: tensor<1x7x8x5xf32>) -> tensor<1x7x8x5xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x7x7x4xf32> to tensor<1x9x9x4xf32>
  %d = compress.decode %w : !w -> tensor<3x2x4x5xf32>
  %y = linalg.conv_2d_nhwc_hwcf ins(%p, %d : tensor<1x9x9x4xf32>, tensor<3x2x4x5xf32>)
      outs(%i : tensor<1x7x8x5xf32>) -> tensor<1x7x8x5xf32>
  return %y : tensor<1x7x8x5xf32>
}

// -----

// A generic by its maps, with the image on either side.

// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1) -> (d0 * 2 + d1)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[Y:.*]] = affine_map<(d0, d1) -> (d0)>
!w = !compress.tensor<3xf32, #compress.scheme<storage = #compress.affine<i8>>>
#x = affine_map<(o, k) -> (o * 2 + k)>
#w = affine_map<(o, k) -> (k)>
#y = affine_map<(o, k) -> (o)>

// CHECK-LABEL: func.func @generic(
// CHECK-NEXT: compress.conv [#[[X]], #[[W]], #[[Y]]] ins(%arg0, %arg1 : tensor<9xf32>, !compress.tensor<3xf32, {{.*}}>)
// CHECK-NEXT: compress.conv [#[[X]], #[[W]], #[[Y]]] ins(%arg0, %arg1 : tensor<9xf32>, !compress.tensor<3xf32, {{.*}}>)
func.func @generic(%x: tensor<9xf32>, %w: !w, %i: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %d = compress.decode %w : !w -> tensor<3xf32>
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x, %d : tensor<9xf32>, tensor<3xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %p, %o : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#w, #x, #y], iterator_types = ["parallel", "reduction"]}
      ins(%d, %x : tensor<3xf32>, tensor<9xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// A body that does more than a product and a sum is none: what it does to an
// operand would be lost.

// CHECK-LABEL: func.func @other_bodies(
// CHECK-NOT: compress.conv
// CHECK: return
func.func @other_bodies(%x: tensor<9xf32>, %w: !w, %i: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %d = compress.decode %w : !w -> tensor<3xf32>
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x, %d : tensor<9xf32>, tensor<3xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %n = arith.negf %b : f32
    %p = arith.mulf %a, %n : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x, %d : tensor<9xf32>, tensor<3xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %b, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "reduction"]}
      ins(%x, %d : tensor<9xf32>, tensor<3xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.maximumf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

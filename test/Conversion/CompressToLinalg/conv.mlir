// A convolution is the decodes of its operands and a generic of its maps; with
// two integer operands whose parameters no window crosses, an exact sum.

// RUN: compress-opt %s --convert-compress-to-linalg | FileCheck %s

!w = !compress.tensor<3x4x5xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, 1]>>>
!x = !compress.tensor<2x9x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *]>>>
!xr = !compress.tensor<2x9x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 1, *]>>>
!dw = !compress.tensor<3x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!dx = !compress.tensor<?x9x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, 1], asymmetric>>>
!pw = !compress.tensor<4x5xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>

// CHECK-DAG: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 * 2 + d3, d4)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>

// CHECK-LABEL: func.func @dense_image(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x9x4xf32>, %[[V:[^:]*]]: tensor<3x4x5xi8>
// CHECK: %[[D:.*]] = linalg.generic {{.*}} ins(%[[V]] : tensor<3x4x5xi8>)
// CHECK: linalg.generic {indexing_maps = [#[[IMAGE]], #[[FILTER]], #[[RESULT]]], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%[[X]], %[[D]] : tensor<2x9x4xf32>, tensor<3x4x5xf32>)
// CHECK: arith.mulf
// CHECK: arith.addf
func.func @dense_image(%x: tensor<2x9x4xf32>, %w: !w, %i: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %y = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x9x4xf32>, !w) outs(%i : tensor<2x4x5xf32>)
  return %y : tensor<2x4x5xf32>
}

// The scale of an image does not depend on the position in it, that of a filter
// on its output channel alone.

// CHECK-LABEL: func.func @integers(
// CHECK-SAME: %[[XV:[^:]*]]: tensor<2x9x4xi8> {{[^%]*}}%[[XS:[^:]*]]: tensor<2x1x1xf32> {{[^%]*}}%[[WV:[^:]*]]: tensor<3x4x5xi8> {{[^%]*}}%[[WS:[^:]*]]: tensor<1x1x5xf32>
// CHECK: linalg.generic {indexing_maps = [#[[IMAGE]], #[[FILTER]], #[[RESULT]]], {{.*}} ins(%[[XV]], %[[WV]] : tensor<2x9x4xi8>, tensor<3x4x5xi8>) outs(%{{.*}} : tensor<2x4x5xi32>)
// CHECK: linalg.generic
// CHECK-DAG: %[[N:.*]] = linalg.index 0
// CHECK-DAG: %[[F:.*]] = linalg.index 2
// CHECK-DAG: tensor.extract %[[XS]][%[[N]], %{{.*}}, %{{.*}}]
// CHECK-DAG: tensor.extract %[[WS]][%{{.*}}, %{{.*}}, %[[F]]]
func.func @integers(%x: !x, %w: !w, %i: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %y = compress.conv [#image, #filter, #result] ins(%x, %w : !x, !w) outs(%i : tensor<2x4x5xf32>)
  return %y : tensor<2x4x5xf32>
}

// A scale for each row of the image varies within a window.

// CHECK-LABEL: func.func @rows(
// CHECK-NOT: i32>)
// CHECK: linalg.generic {indexing_maps = [#[[IMAGE]], #[[FILTER]], #[[RESULT]]], {{.*}} ins(%{{.*}}, %{{.*}} : tensor<2x9x4xf32>, tensor<3x4x5xf32>)
func.func @rows(%x: !xr, %w: !w, %i: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %y = compress.conv [#image, #filter, #result] ins(%x, %w : !xr, !w) outs(%i : tensor<2x4x5xf32>)
  return %y : tensor<2x4x5xf32>
}

// Without a window along it an axis may have scales: the stride finds them.

// CHECK-LABEL: func.func @strided_point(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<2x4x5xi32>)
// CHECK: linalg.generic
// CHECK: %[[N:.*]] = linalg.index 0
// CHECK: %[[O:.*]] = linalg.index 1
// CHECK: %[[C2:.*]] = arith.constant 2 : index
// CHECK: %[[AT:.*]] = arith.muli %[[O]], %[[C2]] : index
// CHECK: tensor.extract %{{.*}}[%[[N]], %[[AT]], %{{.*}}] : tensor<2x9x1xf32>
func.func @strided_point(%x: !xr, %w: !pw, %i: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %y = compress.conv [affine_map<(n, o, f, c) -> (n, o * 2, c)>, affine_map<(n, o, f, c) -> (c, f)>,
                      affine_map<(n, o, f, c) -> (n, o, f)>]
      ins(%x, %w : !xr, !pw) outs(%i : tensor<2x4x5xf32>)
  return %y : tensor<2x4x5xf32>
}

// Depthwise, the image has scales for each channel too; with zero points the
// differences are i16.

// CHECK-LABEL: func.func @depthwise(
// CHECK: %[[DX:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<?x9x4xi16>)
// CHECK: linalg.generic {{.*}} ins(%[[DX]], %{{.*}} : tensor<?x9x4xi16>, tensor<3x4xi8>) outs(%{{.*}} : tensor<?x7x4xi32>)
// CHECK: linalg.generic
// CHECK: %[[N:.*]] = linalg.index 0
// CHECK: %[[C:.*]] = linalg.index 2
// CHECK: tensor.extract %{{.*}}[%[[N]], %{{.*}}, %[[C]]] : tensor<?x1x4xf32>
func.func @depthwise(%x: !dx, %w: !dw, %i: tensor<?x7x4xf32>) -> tensor<?x7x4xf32> {
  %y = compress.conv [affine_map<(n, o, c, k) -> (n, o + k, c)>, affine_map<(n, o, c, k) -> (k, c)>,
                      affine_map<(n, o, c, k) -> (n, o, c)>]
      ins(%x, %w : !dx, !dw) outs(%i : tensor<?x7x4xf32>)
  return %y : tensor<?x7x4xf32>
}

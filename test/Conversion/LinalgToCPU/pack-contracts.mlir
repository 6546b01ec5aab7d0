// RUN: compress-opt %s --split-input-file --compress-pack-contracts="vector-width=2 tile-n=2" --canonicalize | FileCheck %s
// RUN: compress-opt %s --split-input-file --compress-pack-contracts="vector-width=16 tile-n=16" --canonicalize | FileCheck %s --check-prefix=TABLE
// RUN: compress-opt %s --split-input-file --compress-pack-contracts="vector-width=2 tile-n=2" --remarks-filter=compress 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// Few rows: one op decodes and multiplies. A word has eight codes of a column, the
// first in its lowest bits; where vectors are permuted by a table, integers are
// entries of one. What the product is added to comes afterwards.

#w4 = #compress.scheme<storage = #compress.affine<i4, block = [8, 1], scale = f16>>
// CHECK-DAG: #[[ROWS:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d2, d3, d4)>
// CHECK-DAG: #[[CODES:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d2, d3, d5)>
// CHECK-DAG: #[[SCALES:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d2, d5)>
// CHECK-DAG: #[[RESULT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d5)>
// CHECK-LABEL: func @few(
// CHECK-SAME: %[[X:.+]]: tensor<2x16xf32>, %[[INIT:.+]]: tensor<2x4xf32>
// CHECK-DAG: %[[V:.+]] = arith.constant dense_resource<values> : tensor<2x2x1x2xi32>
// CHECK-DAG: %[[S:.+]] = arith.constant dense_resource<scales> : tensor<2x2x2xf16>
// CHECK: %[[E:.+]] = tensor.expand_shape %[[X]] {{\[}}[0], [1, 2, 3]] output_shape [2, 2, 1, 8]
// CHECK: %[[P:.+]] = linalg.generic {indexing_maps = [#[[ROWS]], #[[CODES]], #[[SCALES]], #[[RESULT]]]
// CHECK-SAME: ins(%[[E]], %[[V]], %[[S]] :
// CHECK-SAME: {compress.site = "w"}
// CHECK: ^bb0(%[[A:.+]]: f32, %[[WORD:.+]]: i32, %[[SCALE:.+]]: f16, %[[SUM:.+]]: f32)
// CHECK:   linalg.index 4
// CHECK:   %[[HIGH:.+]] = arith.shli %[[WORD]], %{{.+}} : i32
// CHECK:   %[[CODE:.+]] = arith.shrsi %[[HIGH]], %c28_i32 : i32
// CHECK:   %[[Q:.+]] = arith.sitofp %[[CODE]] : i32 to f32
// CHECK:   %[[F:.+]] = arith.extf %[[SCALE]] : f16 to f32
// CHECK:   %[[W:.+]] = arith.mulf %[[Q]], %[[F]] : f32
// CHECK:   %[[PART:.+]] = arith.mulf %[[A]], %[[W]] : f32
// CHECK:   arith.addf %[[SUM]], %[[PART]] : f32
// CHECK: %[[C:.+]] = tensor.collapse_shape %[[P]]
// CHECK: linalg.generic {{.*}}ins(%[[C]], %[[INIT]] :
// CHECK: values: "0x4000000010325476111111110000000000000000325476983333333300000000
// CHECK: scales: "0x40000000003C0040004500460042004400470048"
//
// TABLE-LABEL: func @few(
// TABLE: %[[T:.+]] = arith.constant dense<[0.000000e+00, 1.000000e+00, {{.*}}7.000000e+00, -8.000000e+00, {{.*}}-1.000000e+00]> : vector<16xf32>
// TABLE: arith.shrui
// TABLE: %[[LOW:.+]] = arith.andi %{{.+}}, %c15_i32
// TABLE: %[[AT:.+]] = arith.index_castui %[[LOW]]
// TABLE: vector.extract %[[T]][%[[AT]]]
func.func @few(%x: tensor<2x16xf32>, %init: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %values = arith.constant dense<[[16, 50], [17, 51], [18, 52], [19, 53], [20, 54], [21, 55], [22, 56], [23, 57],
                                  [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<16x2xi8>
  %scales = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf16>
  %w = compress.assemble %values, %scales : (tensor<16x2xi8>, tensor<2x4xf16>) -> !compress.tensor<16x4xf32, #w4>
  %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x16xf32>, !compress.tensor<16x4xf32, #w4>) outs(%init : tensor<2x4xf32>) {compress.site = "w"}
  return %y : tensor<2x4xf32>
}

// -----

// Many rows: a panel is decoded for all of them. Codes of 8 bits; the weight lies by
// columns, its three columns are padded, and x to a whole group.

#w8 = #compress.scheme<storage = #compress.affine<i8, block = [1, 4], asymmetric>>
// CHECK-LABEL: func @many(
// CHECK-DAG: %[[V:.+]] = arith.constant dense_resource<values> : tensor<2x2x4x2xi8>
// CHECK-DAG: %[[S:.+]] = arith.constant dense_resource<scales> : tensor<2x2x2xf32>
// CHECK-DAG: %[[Z:.+]] = arith.constant dense_resource<zero_points> : tensor<2x2x2xi8>
// CHECK: %[[PAD:.+]] = tensor.pad %arg0 low[0, 0] high[0, 2]
// CHECK: %[[E:.+]] = tensor.expand_shape %[[PAD]] {{.*}} : tensor<17x8xf32> into tensor<17x2x4x1xf32>
// CHECK: %[[W:.+]] = linalg.generic {{.*}}ins(%[[V]], %[[S]], %[[Z]] : {{.*}} outs(%{{.+}} : tensor<2x2x4x1x2xf32>)
// CHECK:   %[[Q:.+]] = arith.sitofp
// CHECK:   arith.subf %[[Q]],
// CHECK: linalg.generic {{.*}}ins(%[[E]], %[[W]] : tensor<17x2x4x1xf32>, tensor<2x2x4x1x2xf32>)
// CHECK: tensor.extract_slice %{{.+}}[0, 0] [17, 3] [1, 1]
// CHECK: values: "0x400000000106020703080409050A000000000000
func.func @many(%x: tensor<17x6xf32>) -> tensor<17x3xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<17x3xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<17x3xf32>) -> tensor<17x3xf32>
  %values = arith.constant dense<[[1, 2, 3, 4, 5, 0], [6, 7, 8, 9, 10, 0], [11, 12, 13, 14, 15, 16]]> : tensor<3x6xi8>
  %scales = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %zeros = arith.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8>
  %w = compress.assemble %values, %scales, %zeros : (tensor<3x6xi8>, tensor<3x2xf32>, tensor<3x2xi8>) -> !compress.tensor<3x6xf32, #w8>
  %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<17x6xf32>, !compress.tensor<3x6xf32, #w8>) outs(%init : tensor<17x3xf32>)
  return %y : tensor<17x3xf32>
}

// -----

// Left alone, with the reason.

#w = #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>
#odd = #compress.scheme<storage = #compress.affine<i4, block = [2, 1]>>
#nm = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f32>>
// CHECK-LABEL: func @others(
// CHECK-NOT: linalg.generic
// CHECK-COUNT-3: compress.contract
// REMARK: the weight is computed when running
// REMARK: a group of the weight's scales is no multiple of 8
// REMARK: the weight is sparse
func.func @others(%x: tensor<2x4xf32>, %init: tensor<2x4xf32>, %a: !compress.tensor<4x4xf32, #w>) -> tensor<2x4xf32> {
  %values = arith.constant dense<0> : tensor<4x2xi8>
  %scales = arith.constant dense<1.0> : tensor<2x4xf32>
  %b = compress.assemble %values, %scales : (tensor<4x2xi8>, tensor<2x4xf32>) -> !compress.tensor<4x4xf32, #odd>
  %kept = arith.constant dense<1.0> : tensor<2x4xf32>
  %indices = arith.constant dense<0> : tensor<2x1xi8>
  %c = compress.assemble %kept, %indices : (tensor<2x4xf32>, tensor<2x1xi8>) -> !compress.tensor<4x4xf32, #nm>
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %a : tensor<2x4xf32>, !compress.tensor<4x4xf32, #w>) outs(%init : tensor<2x4xf32>)
  %1 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%0, %b : tensor<2x4xf32>, !compress.tensor<4x4xf32, #odd>) outs(%init : tensor<2x4xf32>)
  %2 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%1, %c : tensor<2x4xf32>, !compress.tensor<4x4xf32, #nm>) outs(%init : tensor<2x4xf32>)
  return %2 : tensor<2x4xf32>
}

// -----

// Floats of 8 bits are decoded for few rows only.

#w8 = #compress.scheme<storage = #compress.float<f8E4M3FN, block = [*, 1], scale = f32>>
// CHECK-LABEL: func @floats(
// CHECK: linalg.generic {{.*}}ins(%{{.+}}, %{{.+}}, %{{.+}} : tensor<2x1x8x1xf32>, tensor<1x1x8x2xi8>, tensor<1x1x2xf32>)
// CHECK: compress.contract
// REMARK: its rows would take longer to decode floats of 8 bits than to read dense ones
func.func @floats(%x: tensor<2x8xf32>, %y: tensor<?x8xf32>, %a: tensor<2x2xf32>, %b: tensor<?x2xf32>) -> (tensor<2x2xf32>, tensor<?x2xf32>) {
  %values = arith.constant dense<56> : tensor<8x2xi8>
  %scales = arith.constant dense<1.0> : tensor<1x2xf32>
  %w = compress.assemble %values, %scales : (tensor<8x2xi8>, tensor<1x2xf32>) -> !compress.tensor<8x2xf32, #w8>
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x2xf32, #w8>) outs(%a : tensor<2x2xf32>)
  %1 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%y, %w : tensor<?x8xf32>, !compress.tensor<8x2xf32, #w8>) outs(%b : tensor<?x2xf32>)
  return %0, %1 : tensor<2x2xf32>, tensor<?x2xf32>
}

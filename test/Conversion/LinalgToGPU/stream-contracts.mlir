// Products with compressed weights that become compress_kernel.contract, and those that
// do not.

// RUN: compress-opt %s --compress-stream-contracts --remarks-filter=compress 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: not compress-opt %s --compress-stream-contracts=chip=sm_12 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: unknown chip 'sm_12', expected one of: sm_80, sm_89, sm_90a, sm_100a, sm_120

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i4, block = [64, 1], scale = f16>>>
!p = !compress.tensor<64x128xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[16, 32], bits = [0, 8, 3, 4, 1, 2, 5, 6, 7]>>>

// Two readers share the packed bytes.
// CHECK-LABEL: func @shared
// CHECK: %[[V:.*]] = arith.constant dense_resource<{{.*}}> : tensor<2x4x64x8xi8>
// CHECK: %[[S:.*]] = arith.constant dense_resource<{{.*}}> : tensor<2x64xf16>
// CHECK-NOT: arith.constant
// CHECK: compress_kernel.contract ins(%{{.*}}, %[[V]], %[[S]] : tensor<?x128xf16>, tensor<2x4x64x8xi8>, tensor<2x64xf16>)
// CHECK-SAME: outs(%{{.*}} : tensor<?x64xf32>)
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.by_rows<most = [{{.*}}], schedules = [#compress_kernel.stream<
// CHECK-SAME: weight = !compress.tensor<128x64xf16, {{.*}}layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>
// CHECK: compress_kernel.contract ins(%{{.*}}, %[[V]], %[[S]] :
// CHECK-NOT: = compress.
func.func @shared(%x: tensor<?x128xf16>, %z: tensor<1x128xf16>, %i: tensor<?x64xf32>, %j: tensor<1x64xf16>)
    -> (tensor<?x64xf32>, tensor<1x64xf16>) {
  %v = arith.constant dense<3> : tensor<128x32xi8>
  %s = arith.constant dense<1.0> : tensor<2x64xf16>
  %w = compress.assemble %v, %s : (tensor<128x32xi8>, tensor<2x64xf16>) -> !w
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<?x128xf16>, !w) outs(%i : tensor<?x64xf32>)
  %u = compress.contract [#mk, #kn, #mn] ins(%z, %w : tensor<1x128xf16>, !w) outs(%j : tensor<1x64xf16>)
  return %y, %u : tensor<?x64xf32>, tensor<1x64xf16>
}

// A weight that has the layout need not be constant. Batches are rows; a fill is made
// anew, so that it fills all of a buffer.
// CHECK-LABEL: func @batches
// CHECK: %[[X:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : tensor<3x5x128xf16> into tensor<15x128xf16>
// CHECK: %[[FILL:.*]] = linalg.fill {{.*}} -> tensor<15x64xf32>
// CHECK: %[[Y:.*]] = compress_kernel.contract ins(%[[X]], {{.*}}outs(%[[FILL]] : tensor<15x64xf32>)
// CHECK-SAME: transposed
// CHECK: tensor.expand_shape %[[Y]] {{\[\[}}0, 1], [2]] output_shape [3, 5, 64]
func.func @batches(%x: tensor<3x5x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>) -> tensor<3x5x64xf32> {
  %w = compress.assemble %v, %s : (tensor<4x4x16x32xi8>, tensor<1x1xf32>) -> !p
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x5x64xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<3x5x64xf32>) -> tensor<3x5x64xf32>
  %y = compress.contract
      [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>]
      ins(%x, %w : tensor<3x5x128xf16>, !p) outs(%i : tensor<3x5x64xf32>)
  return %y : tensor<3x5x64xf32>
}

// A vector is one row.
// CHECK-LABEL: func @vector
// CHECK: tensor.expand_shape {{.*}} : tensor<128xf16> into tensor<1x128xf16>
// CHECK: compress_kernel.contract {{.*}} -> tensor<1x64xf16>
// CHECK: tensor.collapse_shape {{.*}} : tensor<1x64xf16> into tensor<64xf16>
func.func @vector(%x: tensor<128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<64xf16>) -> tensor<64xf16> {
  %w = compress.assemble %v, %s : (tensor<4x4x16x32xi8>, tensor<1x1xf32>) -> !p
  %y = compress.contract [affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>]
      ins(%x, %w : tensor<128xf16>, !p) outs(%i : tensor<64xf16>)
  return %y : tensor<64xf16>
}

// Parts of a sum are added in their order, and rounded once.
// CHECK-LABEL: func @splits
// CHECK: %[[PARTS:.*]] = compress_kernel.contract {{.*}} -> tensor<2x?x64xf32>
// CHECK: %[[FIRST:.*]] = tensor.extract_slice %[[PARTS]][0, 0, 0]
// CHECK: %[[SECOND:.*]] = tensor.extract_slice %[[PARTS]][1, 0, 0]
// CHECK: linalg.generic {{.*}} ins(%[[I:.*]], %[[FIRST]], %[[SECOND]]
// CHECK: ^bb0(%[[A:.*]]: f16, %[[B:.*]]: f32, %[[C:.*]]: f32,
// CHECK: %[[SUM:.*]] = arith.addf %[[B]], %[[C]] : f32
// CHECK: %[[START:.*]] = arith.extf %[[A]]
// CHECK: %[[ALL:.*]] = arith.addf %[[SUM]], %[[START]] : f32
// CHECK: arith.truncf %[[ALL]] : f32 to f16
func.func @splits(%x: tensor<?x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<?x64xf16>) -> tensor<?x64xf16> {
  %w = compress.assemble %v, %s : (tensor<4x4x16x32xi8>, tensor<1x1xf32>) -> !p
  %y = compress.contract [#mk, #nk, #mn] ins(%x, %w : tensor<?x128xf16>, !p) outs(%i : tensor<?x64xf16>)
      {compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 2], stages = 2, splits = 2>}
  return %y : tensor<?x64xf16>
}

// A schedule by wgmma is kept too.
// CHECK-LABEL: func @decoded
// CHECK: compress_kernel.contract {{.*}}compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>
func.func @decoded(%x: tensor<?x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<?x64xf16>) -> tensor<?x64xf16> {
  %w = compress.assemble %v, %s : (tensor<4x4x16x32xi8>, tensor<1x1xf32>) -> !p
  %y = compress.contract [#mk, #nk, #mn] ins(%x, %w : tensor<?x128xf16>, !p) outs(%i : tensor<?x64xf16>)
      {compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>}
  return %y : tensor<?x64xf16>
}

// CHECK-LABEL: func @left_alone
// CHECK-NOT: compress_kernel
// REMARK: the weight has another layout, and is no constant that could be given this one
// REMARK: the weight's element type is neither f16 nor bf16
// REMARK: it is no product of rows with a matrix
// REMARK: the weight is not stored as integers or floats of 4 or 8 bits with scales, or as codes of 4 bits
// REMARK: a group of the weight's scales is no multiple of 16
// REMARK: it does not multiply a dense operand with a weight on its right
!w32 = !compress.tensor<128x64xf32, #compress.scheme<storage = #compress.affine<i8>>>
!i3 = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i3, block = [64, 1]>>>
!g24 = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8, block = [24, 1]>>>
func.func @left_alone(%x: tensor<?x128xf16>, %x32: tensor<?x128xf32>, %w: !w, %w32: tensor<128x64xf32>, %w16: tensor<128x64xf16>, %i: tensor<?x64xf32>, %t: tensor<64x?xf32>)
    -> (tensor<?x64xf32>, tensor<?x64xf32>, tensor<64x?xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<64x?xf32>) {
  %v = arith.constant dense<3> : tensor<128x32xi8>
  %b = tensor.empty() : tensor<128x32xi8>
  %s = arith.constant dense<1.0> : tensor<2x64xf16>
  %computed = compress.assemble %b, %s : (tensor<128x32xi8>, tensor<2x64xf16>) -> !w
  %a = compress.contract [#mk, #kn, #mn] ins(%x, %computed : tensor<?x128xf16>, !w) outs(%i : tensor<?x64xf32>)
  %e32 = compress.encode %w32 : tensor<128x64xf32> -> !w32
  %c = compress.contract [#mk, #kn, #mn] ins(%x32, %e32 : tensor<?x128xf32>, !w32) outs(%i : tensor<?x64xf32>)
  %d = compress.contract [#mk, #kn, affine_map<(m, n, k) -> (n, m)>] ins(%x, %w : tensor<?x128xf16>, !w) outs(%t : tensor<64x?xf32>)
  %e3 = compress.encode %w16 : tensor<128x64xf16> -> !i3
  %f = compress.contract [#mk, #kn, #mn] ins(%x, %e3 : tensor<?x128xf16>, !i3) outs(%i : tensor<?x64xf32>)
  %e24 = compress.encode %w16 : tensor<128x64xf16> -> !g24
  %g = compress.contract [#mk, #kn, #mn] ins(%x, %e24 : tensor<?x128xf16>, !g24) outs(%i : tensor<?x64xf32>)
  %h = compress.contract [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>, #mn] ins(%w, %x : !w, tensor<?x128xf16>) outs(%t : tensor<64x?xf32>)
  return %a, %c, %d, %f, %g, %h : tensor<?x64xf32>, tensor<?x64xf32>, tensor<64x?xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<64x?xf32>
}

// CHECK-LABEL: func @tables_left_alone
// CHECK-NOT: compress_kernel
// REMARK: the weight's codes do not have 4 bits for one value each
// REMARK: the weight's tables change along the reduced dimension
// REMARK: the weight's scales have scales that change along the reduced dimension
!k3 = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.codebook<kmeans, i3, block = [*, 1], table = f16>>>
!kg = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.codebook<kmeans, i4, block = [64, 1], table = f16>>>
!nv = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.float<f4E2M1FN, block = [16, 1], scale = f8E4M3FN, super = f32, super_block = [64, *]>>>
func.func @tables_left_alone(%x: tensor<?x128xf16>, %v3: tensor<128x24xi8>, %t3: tensor<1x64x8x1xf16>, %v: tensor<128x32xi8>, %tg: tensor<2x64x16x1xf16>,
    %s: tensor<8x64xi8>, %ss: tensor<2x1xf32>, %i: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>) {
  %w3 = compress.assemble %v3, %t3 : (tensor<128x24xi8>, tensor<1x64x8x1xf16>) -> !k3
  %a = compress.contract [#mk, #kn, #mn] ins(%x, %w3 : tensor<?x128xf16>, !k3) outs(%i : tensor<?x64xf32>)
  %wg = compress.assemble %v, %tg : (tensor<128x32xi8>, tensor<2x64x16x1xf16>) -> !kg
  %b = compress.contract [#mk, #kn, #mn] ins(%x, %wg : tensor<?x128xf16>, !kg) outs(%i : tensor<?x64xf32>)
  %wn = compress.assemble %v, %s, %ss : (tensor<128x32xi8>, tensor<8x64xi8>, tensor<2x1xf32>) -> !nv
  %c = compress.contract [#mk, #kn, #mn] ins(%x, %wn : tensor<?x128xf16>, !nv) outs(%i : tensor<?x64xf32>)
  return %a, %b, %c : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>
}

// So many rows would decode the weight for every 64 of them; decoded once it is a dense
// product.
// CHECK-LABEL: func @many_rows
// CHECK-NOT: compress_kernel
// REMARK: of 8192 rows the product with the weight decoded before it is predicted to take {{[0-9]+}} clocks, from its packed bytes {{[0-9]+}}
!big = !compress.tensor<2048x2048xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>>>
func.func @many_rows(%x: tensor<8192x2048xf16>, %i: tensor<8192x2048xf32>) -> tensor<8192x2048xf32> {
  %v = arith.constant dense<3> : tensor<2048x1024xi8>
  %s = arith.constant dense<1.0> : tensor<16x2048xf16>
  %w = compress.assemble %v, %s : (tensor<2048x1024xi8>, tensor<16x2048xf16>) -> !big
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<8192x2048xf16>, !big) outs(%i : tensor<8192x2048xf32>)
  return %y : tensor<8192x2048xf32>
}

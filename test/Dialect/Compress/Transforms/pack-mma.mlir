// The layout of matrix instructions: which bits of a position in a tile are part, word
// and lane of its place (PTX ISA, matrix fragments for mma.m16n8k16).

// RUN: compress-opt %s --compress-pack=layout=mma --remarks-filter=compress 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// A weight of K by N: n has the low four bits of a position, k the others.
// CHECK-LABEL: func @nibbles
// CHECK: compress.encode {{.*}}layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>
!w4 = !compress.tensor<128x32xf16, #compress.scheme<storage = #compress.affine<i4, block = [64, 1], scale = f16>>>
func.func @nibbles(%x: tensor<3x128xf16>, %w: tensor<128x32xf16>, %init: tensor<3x32xf32>) -> tensor<3x32xf32> {
  %e = compress.encode %w : tensor<128x32xf16> -> !w4
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %e : tensor<3x128xf16>, !w4) outs(%init : tensor<3x32xf32>)
  return %y : tensor<3x32xf32>
}

// Of N by K: k has the low six bits.
// CHECK-LABEL: func @transposed
// CHECK: compress.encode {{.*}}layout = #compress.tiled<[16, 64], bits = [9, 3, 0, 4, 5, 1, 2, 6, 7, 8]>
!t4 = !compress.tensor<32x128xf16, #compress.scheme<storage = #compress.affine<i4, block = [1, 64], scale = f16>>>
func.func @transposed(%x: tensor<3x128xf16>, %w: tensor<32x128xf16>, %init: tensor<3x32xf32>) -> tensor<3x32xf32> {
  %e = compress.encode %w : tensor<32x128xf16> -> !t4
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %e : tensor<3x128xf16>, !t4) outs(%init : tensor<3x32xf32>)
  return %y : tensor<3x32xf32>
}

// CHECK-LABEL: func @bytes
// CHECK: compress.encode {{.*}}layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>
!w8 = !compress.tensor<128x32xf16, #compress.scheme<storage = #compress.affine<i8>>>
func.func @bytes(%x: tensor<3x128xf16>, %w: tensor<128x32xf16>, %init: tensor<3x32xf32>) -> tensor<3x32xf32> {
  %e = compress.encode %w : tensor<128x32xf16> -> !w8
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %e : tensor<3x128xf16>, !w8) outs(%init : tensor<3x32xf32>)
  return %y : tensor<3x32xf32>
}

// CHECK-LABEL: func @left_alone
// CHECK-NOT: tiled
// REMARK: its codes have neither 4 nor 8 bits
// REMARK: it is no matrix of which contractions reduce one dimension
// REMARK: the tile exceeds the stored extents
!w3 = !compress.tensor<128x32xf16, #compress.scheme<storage = #compress.affine<i3>>>
!small = !compress.tensor<128x8xf16, #compress.scheme<storage = #compress.affine<i8>>>
func.func @left_alone(%x: tensor<3x128xf16>, %w: tensor<128x32xf16>, %v: tensor<128x8xf16>, %init: tensor<3x32xf32>, %other: tensor<3x8xf32>)
    -> (tensor<3x32xf32>, tensor<128x32xf16>, tensor<3x8xf32>) {
  %e = compress.encode %w : tensor<128x32xf16> -> !w3
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %e : tensor<3x128xf16>, !w3) outs(%init : tensor<3x32xf32>)
  %f = compress.encode %w : tensor<128x32xf16> -> !w8
  %d = compress.decode %f : !w8 -> tensor<128x32xf16>
  %g = compress.encode %v : tensor<128x8xf16> -> !small
  %z = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %g : tensor<3x128xf16>, !small) outs(%other : tensor<3x8xf32>)
  return %y, %d, %z : tensor<3x32xf32>, tensor<128x32xf16>, tensor<3x8xf32>
}

// Every pair of sparsity and storage in row-major layout (pairs_tiled.mlir has
// the tiled one): the components that `assemble` takes are those that the scheme
// asks for. The shape is ragged for blocks and packed rows: 56x9, blocks of 16.

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s -mlir-print-op-generic | compress-opt | FileCheck %s

#sd = #compress.dense
#s24 = #compress.nm<2:4, axis = 0>
#s48 = #compress.nm<4:8, axis = 0>
#s14 = #compress.nm<1:4, axis = 0>
#s57 = #compress.nm<5:7, axis = 0>
#r = #compress.row_major
#i8t = #compress.affine<i8>
#i8a = #compress.affine<i8, block = [*, 1]>
#i8b = #compress.affine<i8, block = [16, 1], scale = f16>
#i8tz = #compress.affine<i8, asymmetric>
#i8az = #compress.affine<i8, block = [*, 1], asymmetric>
#i8bz = #compress.affine<i8, block = [16, 1], scale = f16, asymmetric>
#i4t = #compress.affine<i4>
#i4a = #compress.affine<i4, block = [*, 1]>
#i4b = #compress.affine<i4, block = [16, 1], scale = f16>
#i4tz = #compress.affine<i4, asymmetric>
#i4az = #compress.affine<i4, block = [*, 1], asymmetric>
#i4bz = #compress.affine<i4, block = [16, 1], scale = f16, asymmetric>
#bf16 = #compress.float<bf16>
#f16 = #compress.float<f16>
#f32 = #compress.float<f32>

!st = tensor<1x1xf32>
!zt = tensor<1x1xi8>
!sa = tensor<1x9xf32>
!za = tensor<1x9xi8>
!sb = tensor<4x9xf16>
!zb = tensor<4x9xi8>

!v8_dr = tensor<56x9xi8>
!v4_dr = tensor<56x5xi8>
!bf16_dr = tensor<56x9xbf16>
!f16_dr = tensor<56x9xf16>
!f32_dr = tensor<56x9xf32>
// CHECK-LABEL: func @dense_row_major
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @dense_row_major(
    %v8: !v8_dr, %v4: !v4_dr, %bf16: !bf16_dr, %f16: !f16_dr, %f32: !f32_dr,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st : (!v8_dr, !st)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8t, layout = #r>>
  %1 = compress.assemble %v8, %sa : (!v8_dr, !sa)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8a, layout = #r>>
  %2 = compress.assemble %v8, %sb : (!v8_dr, !sb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8b, layout = #r>>
  %3 = compress.assemble %v8, %st, %zt : (!v8_dr, !st, !zt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8tz, layout = #r>>
  %4 = compress.assemble %v8, %sa, %za : (!v8_dr, !sa, !za)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8az, layout = #r>>
  %5 = compress.assemble %v8, %sb, %zb : (!v8_dr, !sb, !zb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8bz, layout = #r>>
  %6 = compress.assemble %v4, %st : (!v4_dr, !st)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4t, layout = #r>>
  %7 = compress.assemble %v4, %sa : (!v4_dr, !sa)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4a, layout = #r>>
  %8 = compress.assemble %v4, %sb : (!v4_dr, !sb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4b, layout = #r>>
  %9 = compress.assemble %v4, %st, %zt : (!v4_dr, !st, !zt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4tz, layout = #r>>
  %10 = compress.assemble %v4, %sa, %za : (!v4_dr, !sa, !za)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4az, layout = #r>>
  %11 = compress.assemble %v4, %sb, %zb : (!v4_dr, !sb, !zb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4bz, layout = #r>>
  %12 = compress.assemble %bf16 : (!bf16_dr)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #bf16, layout = #r>>
  %13 = compress.assemble %f16 : (!f16_dr)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #f16, layout = #r>>
  %14 = compress.assemble %f32 : (!f32_dr)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #f32, layout = #r>>
  return
}

!v8_24r = tensor<28x9xi8>
!v4_24r = tensor<28x5xi8>
!bf16_24r = tensor<28x9xbf16>
!f16_24r = tensor<28x9xf16>
!f32_24r = tensor<28x9xf32>
!i_24r = tensor<28x3xi8>
// CHECK-LABEL: func @nm_2_4_row_major
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_2_4_row_major(
    %v8: !v8_24r, %v4: !v4_24r, %bf16: !bf16_24r, %f16: !f16_24r, %f32: !f32_24r, %i: !i_24r,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_24r, !st, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8t, layout = #r>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_24r, !sa, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8a, layout = #r>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_24r, !sb, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8b, layout = #r>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_24r, !st, !zt, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8tz, layout = #r>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_24r, !sa, !za, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8az, layout = #r>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_24r, !sb, !zb, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8bz, layout = #r>>
  %6 = compress.assemble %v4, %st, %i : (!v4_24r, !st, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4t, layout = #r>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_24r, !sa, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4a, layout = #r>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_24r, !sb, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4b, layout = #r>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_24r, !st, !zt, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4tz, layout = #r>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_24r, !sa, !za, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4az, layout = #r>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_24r, !sb, !zb, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4bz, layout = #r>>
  %12 = compress.assemble %bf16, %i : (!bf16_24r, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #bf16, layout = #r>>
  %13 = compress.assemble %f16, %i : (!f16_24r, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #f16, layout = #r>>
  %14 = compress.assemble %f32, %i : (!f32_24r, !i_24r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #f32, layout = #r>>
  return
}

!v8_48r = tensor<28x9xi8>
!v4_48r = tensor<28x5xi8>
!bf16_48r = tensor<28x9xbf16>
!f16_48r = tensor<28x9xf16>
!f32_48r = tensor<28x9xf32>
!i_48r = tensor<28x4xi8>
// CHECK-LABEL: func @nm_4_8_row_major
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_4_8_row_major(
    %v8: !v8_48r, %v4: !v4_48r, %bf16: !bf16_48r, %f16: !f16_48r, %f32: !f32_48r, %i: !i_48r,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_48r, !st, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8t, layout = #r>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_48r, !sa, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8a, layout = #r>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_48r, !sb, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8b, layout = #r>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_48r, !st, !zt, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8tz, layout = #r>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_48r, !sa, !za, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8az, layout = #r>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_48r, !sb, !zb, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8bz, layout = #r>>
  %6 = compress.assemble %v4, %st, %i : (!v4_48r, !st, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4t, layout = #r>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_48r, !sa, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4a, layout = #r>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_48r, !sb, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4b, layout = #r>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_48r, !st, !zt, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4tz, layout = #r>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_48r, !sa, !za, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4az, layout = #r>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_48r, !sb, !zb, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4bz, layout = #r>>
  %12 = compress.assemble %bf16, %i : (!bf16_48r, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #bf16, layout = #r>>
  %13 = compress.assemble %f16, %i : (!f16_48r, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #f16, layout = #r>>
  %14 = compress.assemble %f32, %i : (!f32_48r, !i_48r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #f32, layout = #r>>
  return
}

!v8_14r = tensor<14x9xi8>
!v4_14r = tensor<14x5xi8>
!bf16_14r = tensor<14x9xbf16>
!f16_14r = tensor<14x9xf16>
!f32_14r = tensor<14x9xf32>
!i_14r = tensor<14x3xi8>
// CHECK-LABEL: func @nm_1_4_row_major
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_1_4_row_major(
    %v8: !v8_14r, %v4: !v4_14r, %bf16: !bf16_14r, %f16: !f16_14r, %f32: !f32_14r, %i: !i_14r,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_14r, !st, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8t, layout = #r>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_14r, !sa, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8a, layout = #r>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_14r, !sb, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8b, layout = #r>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_14r, !st, !zt, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8tz, layout = #r>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_14r, !sa, !za, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8az, layout = #r>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_14r, !sb, !zb, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8bz, layout = #r>>
  %6 = compress.assemble %v4, %st, %i : (!v4_14r, !st, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4t, layout = #r>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_14r, !sa, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4a, layout = #r>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_14r, !sb, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4b, layout = #r>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_14r, !st, !zt, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4tz, layout = #r>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_14r, !sa, !za, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4az, layout = #r>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_14r, !sb, !zb, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4bz, layout = #r>>
  %12 = compress.assemble %bf16, %i : (!bf16_14r, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #bf16, layout = #r>>
  %13 = compress.assemble %f16, %i : (!f16_14r, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #f16, layout = #r>>
  %14 = compress.assemble %f32, %i : (!f32_14r, !i_14r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #f32, layout = #r>>
  return
}

!v8_57r = tensor<40x9xi8>
!v4_57r = tensor<40x5xi8>
!bf16_57r = tensor<40x9xbf16>
!f16_57r = tensor<40x9xf16>
!f32_57r = tensor<40x9xf32>
!i_57r = tensor<40x4xi8>
// CHECK-LABEL: func @nm_5_7_row_major
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_5_7_row_major(
    %v8: !v8_57r, %v4: !v4_57r, %bf16: !bf16_57r, %f16: !f16_57r, %f32: !f32_57r, %i: !i_57r,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_57r, !st, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8t, layout = #r>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_57r, !sa, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8a, layout = #r>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_57r, !sb, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8b, layout = #r>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_57r, !st, !zt, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8tz, layout = #r>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_57r, !sa, !za, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8az, layout = #r>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_57r, !sb, !zb, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8bz, layout = #r>>
  %6 = compress.assemble %v4, %st, %i : (!v4_57r, !st, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4t, layout = #r>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_57r, !sa, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4a, layout = #r>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_57r, !sb, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4b, layout = #r>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_57r, !st, !zt, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4tz, layout = #r>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_57r, !sa, !za, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4az, layout = #r>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_57r, !sb, !zb, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4bz, layout = #r>>
  %12 = compress.assemble %bf16, %i : (!bf16_57r, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #bf16, layout = #r>>
  %13 = compress.assemble %f16, %i : (!f16_57r, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #f16, layout = #r>>
  %14 = compress.assemble %f32, %i : (!f32_57r, !i_57r)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #f32, layout = #r>>
  return
}

// Every pair of sparsity and storage in tiled layout: the components that
// `assemble` takes are those that the scheme asks for. The shape is ragged for
// blocks, tiles and packed rows: 56x9, blocks of 16, tiles of 12x4.

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s -mlir-print-op-generic | compress-opt | FileCheck %s

#sd = #compress.dense
#s24 = #compress.nm<2:4, axis = 0>
#s48 = #compress.nm<4:8, axis = 0>
#s14 = #compress.nm<1:4, axis = 0>
#s57 = #compress.nm<5:7, axis = 0>
#t = #compress.tiled<[12, 4]>
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

!v8_dt = tensor<5x3x12x4xi8>
!v4_dt = tensor<5x3x12x2xi8>
!bf16_dt = tensor<5x3x12x4xbf16>
!f16_dt = tensor<5x3x12x4xf16>
!f32_dt = tensor<5x3x12x4xf32>
// CHECK-LABEL: func @dense_tiled
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @dense_tiled(
    %v8: !v8_dt, %v4: !v4_dt, %bf16: !bf16_dt, %f16: !f16_dt, %f32: !f32_dt,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st : (!v8_dt, !st)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8t, layout = #t>>
  %1 = compress.assemble %v8, %sa : (!v8_dt, !sa)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8a, layout = #t>>
  %2 = compress.assemble %v8, %sb : (!v8_dt, !sb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8b, layout = #t>>
  %3 = compress.assemble %v8, %st, %zt : (!v8_dt, !st, !zt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8tz, layout = #t>>
  %4 = compress.assemble %v8, %sa, %za : (!v8_dt, !sa, !za)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8az, layout = #t>>
  %5 = compress.assemble %v8, %sb, %zb : (!v8_dt, !sb, !zb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i8bz, layout = #t>>
  %6 = compress.assemble %v4, %st : (!v4_dt, !st)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4t, layout = #t>>
  %7 = compress.assemble %v4, %sa : (!v4_dt, !sa)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4a, layout = #t>>
  %8 = compress.assemble %v4, %sb : (!v4_dt, !sb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4b, layout = #t>>
  %9 = compress.assemble %v4, %st, %zt : (!v4_dt, !st, !zt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4tz, layout = #t>>
  %10 = compress.assemble %v4, %sa, %za : (!v4_dt, !sa, !za)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4az, layout = #t>>
  %11 = compress.assemble %v4, %sb, %zb : (!v4_dt, !sb, !zb)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #i4bz, layout = #t>>
  %12 = compress.assemble %bf16 : (!bf16_dt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #bf16, layout = #t>>
  %13 = compress.assemble %f16 : (!f16_dt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #f16, layout = #t>>
  %14 = compress.assemble %f32 : (!f32_dt)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #sd, storage = #f32, layout = #t>>
  return
}

!v8_24t = tensor<3x3x12x4xi8>
!v4_24t = tensor<3x3x12x2xi8>
!bf16_24t = tensor<3x3x12x4xbf16>
!f16_24t = tensor<3x3x12x4xf16>
!f32_24t = tensor<3x3x12x4xf32>
!i_24t = tensor<3x3x12x1xi8>
// CHECK-LABEL: func @nm_2_4_tiled
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_2_4_tiled(
    %v8: !v8_24t, %v4: !v4_24t, %bf16: !bf16_24t, %f16: !f16_24t, %f32: !f32_24t, %i: !i_24t,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_24t, !st, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8t, layout = #t>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_24t, !sa, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8a, layout = #t>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_24t, !sb, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8b, layout = #t>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_24t, !st, !zt, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8tz, layout = #t>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_24t, !sa, !za, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8az, layout = #t>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_24t, !sb, !zb, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i8bz, layout = #t>>
  %6 = compress.assemble %v4, %st, %i : (!v4_24t, !st, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4t, layout = #t>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_24t, !sa, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4a, layout = #t>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_24t, !sb, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4b, layout = #t>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_24t, !st, !zt, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4tz, layout = #t>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_24t, !sa, !za, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4az, layout = #t>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_24t, !sb, !zb, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #i4bz, layout = #t>>
  %12 = compress.assemble %bf16, %i : (!bf16_24t, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #bf16, layout = #t>>
  %13 = compress.assemble %f16, %i : (!f16_24t, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #f16, layout = #t>>
  %14 = compress.assemble %f32, %i : (!f32_24t, !i_24t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s24, storage = #f32, layout = #t>>
  return
}

!v8_48t = tensor<3x3x12x4xi8>
!v4_48t = tensor<3x3x12x2xi8>
!bf16_48t = tensor<3x3x12x4xbf16>
!f16_48t = tensor<3x3x12x4xf16>
!f32_48t = tensor<3x3x12x4xf32>
!i_48t = tensor<3x3x12x2xi8>
// CHECK-LABEL: func @nm_4_8_tiled
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_4_8_tiled(
    %v8: !v8_48t, %v4: !v4_48t, %bf16: !bf16_48t, %f16: !f16_48t, %f32: !f32_48t, %i: !i_48t,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_48t, !st, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8t, layout = #t>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_48t, !sa, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8a, layout = #t>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_48t, !sb, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8b, layout = #t>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_48t, !st, !zt, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8tz, layout = #t>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_48t, !sa, !za, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8az, layout = #t>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_48t, !sb, !zb, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i8bz, layout = #t>>
  %6 = compress.assemble %v4, %st, %i : (!v4_48t, !st, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4t, layout = #t>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_48t, !sa, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4a, layout = #t>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_48t, !sb, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4b, layout = #t>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_48t, !st, !zt, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4tz, layout = #t>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_48t, !sa, !za, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4az, layout = #t>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_48t, !sb, !zb, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #i4bz, layout = #t>>
  %12 = compress.assemble %bf16, %i : (!bf16_48t, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #bf16, layout = #t>>
  %13 = compress.assemble %f16, %i : (!f16_48t, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #f16, layout = #t>>
  %14 = compress.assemble %f32, %i : (!f32_48t, !i_48t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s48, storage = #f32, layout = #t>>
  return
}

!v8_14t = tensor<2x3x12x4xi8>
!v4_14t = tensor<2x3x12x2xi8>
!bf16_14t = tensor<2x3x12x4xbf16>
!f16_14t = tensor<2x3x12x4xf16>
!f32_14t = tensor<2x3x12x4xf32>
!i_14t = tensor<2x3x12x1xi8>
// CHECK-LABEL: func @nm_1_4_tiled
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_1_4_tiled(
    %v8: !v8_14t, %v4: !v4_14t, %bf16: !bf16_14t, %f16: !f16_14t, %f32: !f32_14t, %i: !i_14t,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_14t, !st, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8t, layout = #t>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_14t, !sa, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8a, layout = #t>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_14t, !sb, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8b, layout = #t>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_14t, !st, !zt, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8tz, layout = #t>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_14t, !sa, !za, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8az, layout = #t>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_14t, !sb, !zb, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i8bz, layout = #t>>
  %6 = compress.assemble %v4, %st, %i : (!v4_14t, !st, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4t, layout = #t>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_14t, !sa, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4a, layout = #t>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_14t, !sb, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4b, layout = #t>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_14t, !st, !zt, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4tz, layout = #t>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_14t, !sa, !za, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4az, layout = #t>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_14t, !sb, !zb, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #i4bz, layout = #t>>
  %12 = compress.assemble %bf16, %i : (!bf16_14t, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #bf16, layout = #t>>
  %13 = compress.assemble %f16, %i : (!f16_14t, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #f16, layout = #t>>
  %14 = compress.assemble %f32, %i : (!f32_14t, !i_14t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s14, storage = #f32, layout = #t>>
  return
}

!v8_57t = tensor<4x3x12x4xi8>
!v4_57t = tensor<4x3x12x2xi8>
!bf16_57t = tensor<4x3x12x4xbf16>
!f16_57t = tensor<4x3x12x4xf16>
!f32_57t = tensor<4x3x12x4xf32>
!i_57t = tensor<4x3x12x2xi8>
// CHECK-LABEL: func @nm_5_7_tiled
// CHECK-COUNT-15: compress.assemble
// CHECK-NEXT: return
func.func @nm_5_7_tiled(
    %v8: !v8_57t, %v4: !v4_57t, %bf16: !bf16_57t, %f16: !f16_57t, %f32: !f32_57t, %i: !i_57t,
    %st: !st, %sa: !sa, %sb: !sb, %zt: !zt, %za: !za, %zb: !zb) {
  %0 = compress.assemble %v8, %st, %i : (!v8_57t, !st, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8t, layout = #t>>
  %1 = compress.assemble %v8, %sa, %i : (!v8_57t, !sa, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8a, layout = #t>>
  %2 = compress.assemble %v8, %sb, %i : (!v8_57t, !sb, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8b, layout = #t>>
  %3 = compress.assemble %v8, %st, %zt, %i : (!v8_57t, !st, !zt, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8tz, layout = #t>>
  %4 = compress.assemble %v8, %sa, %za, %i : (!v8_57t, !sa, !za, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8az, layout = #t>>
  %5 = compress.assemble %v8, %sb, %zb, %i : (!v8_57t, !sb, !zb, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i8bz, layout = #t>>
  %6 = compress.assemble %v4, %st, %i : (!v4_57t, !st, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4t, layout = #t>>
  %7 = compress.assemble %v4, %sa, %i : (!v4_57t, !sa, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4a, layout = #t>>
  %8 = compress.assemble %v4, %sb, %i : (!v4_57t, !sb, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4b, layout = #t>>
  %9 = compress.assemble %v4, %st, %zt, %i : (!v4_57t, !st, !zt, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4tz, layout = #t>>
  %10 = compress.assemble %v4, %sa, %za, %i : (!v4_57t, !sa, !za, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4az, layout = #t>>
  %11 = compress.assemble %v4, %sb, %zb, %i : (!v4_57t, !sb, !zb, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #i4bz, layout = #t>>
  %12 = compress.assemble %bf16, %i : (!bf16_57t, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #bf16, layout = #t>>
  %13 = compress.assemble %f16, %i : (!f16_57t, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #f16, layout = #t>>
  %14 = compress.assemble %f32, %i : (!f32_57t, !i_57t)
    -> !compress.tensor<56x9xf32, #compress.scheme<sparsity = #s57, storage = #f32, layout = #t>>
  return
}

// Products of a number of rows that is known when running: one kernel for each of their
// schedules, of which the host launches one.

// RUN: compress-opt %s --split-input-file --convert-linalg-to-kernels --canonicalize --cse | FileCheck %s

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
#few = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>
#many = #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 3>

// The fill and the op that follows are part of both kernels.
// CHECK-LABEL: func.func @packed(
// CHECK: %[[ROWS:.*]] = memref.dim %arg0, %c0
// CHECK: %[[FEW:.*]] = arith.cmpi ule, %[[ROWS]], %c16
// CHECK: scf.if %[[FEW]] {
// CHECK: gpu.launch_func @kernels::@packed_stream blocks
// CHECK: } else {
// CHECK: gpu.launch_func @kernels::@packed_stream_0 blocks
// CHECK: } {compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [
// CHECK-NEXT: return
// CHECK: gpu.func @packed_stream(
// CHECK-SAME: stream<tile = [16, 64]
// CHECK: math.absf
// CHECK: gpu.func @packed_stream_0(
// CHECK-SAME: stream<tile = [64, 64]
// CHECK: math.absf
func.func @packed(%x: memref<?x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>) -> memref<?x64xf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = memref.dim %x, %c0 : memref<?x128xf16>
  %i = memref.alloc(%m) : memref<?x64xf32>
  %y = memref.alloc(%m) : memref<?x64xf16>
  linalg.fill ins(%zero : f32) outs(%i : memref<?x64xf32>)
  compress_kernel.contract ins(%x, %v, %s : memref<?x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<?x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [#few, #many]>}
  linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
      ins(%i : memref<?x64xf32>) outs(%y : memref<?x64xf16>) {
  ^bb0(%a: f32, %o: f16):
    %b = math.absf %a : f32
    %c = arith.truncf %b : f32 to f16
    linalg.yield %c : f16
  }
  return %y : memref<?x64xf16>
}

// -----

// Of three schedules two are equal, and so are their kernels.
// CHECK-LABEL: func.func @dense(
// CHECK: arith.cmpi ule, %{{.*}}, %c64
// CHECK: gpu.launch_func @kernels::@dense_mma blocks
// CHECK: arith.cmpi ule, %{{.*}}, %c100
// CHECK: gpu.launch_func @kernels::@dense_mma_0 blocks
// CHECK: gpu.launch_func @kernels::@dense_mma blocks
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @dense_mma(
// CHECK: gpu.func @dense_mma_0(
// CHECK-NOT: gpu.func
#small = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>
#large = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>
func.func @dense(%a: memref<?x64xf16>, %b: memref<64x128xf16>, %c: memref<?x128xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.by_rows<most = [64, 100], schedules = [#small, #large, #small]>}
      ins(%a, %b : memref<?x64xf16>, memref<64x128xf16>) outs(%c : memref<?x128xf32>)
  return
}

// -----

// Rows that are known need no branch.
// CHECK-LABEL: func.func @known(
// CHECK-NOT: scf.if
// CHECK: gpu.func @known_mma(
// CHECK-SAME: mma_sync<tile = [64, 64, 64]
// CHECK: gpu.func @packed_known_stream(
// CHECK-SAME: stream<tile = [16, 64]
// CHECK-NOT: gpu.func
#small = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>
#large = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>
func.func @known(%a: memref<65x64xf16>, %b: memref<64x128xf16>, %c: memref<65x128xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.by_rows<most = [64], schedules = [#small, #large]>}
      ins(%a, %b : memref<65x64xf16>, memref<64x128xf16>) outs(%c : memref<65x128xf32>)
  return
}

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @packed_known(%x: memref<16x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %y: memref<16x64xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<16x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%y : memref<16x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [
        #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>,
        #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 3>]>}
  return
}

// -----

// The rows of a convolution are its positions.
// CHECK-LABEL: func.func @positions(
// CHECK: %[[IMAGES:.*]] = memref.dim %arg0, %c0
// CHECK: %[[ROWS:.*]] = arith.muli %[[IMAGES]], %c64
// CHECK: arith.cmpi ule, %[[ROWS]], %c1024
#small = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>
#large = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>
func.func @positions(%x: memref<?x10x10x64xf16>, %w: memref<3x3x64x64xf16>, %y: memref<?x8x8x64xf32>) {
  linalg.conv_2d_nhwc_hwcf {compress_kernel.schedule = #compress_kernel.by_rows<most = [1024], schedules = [#small, #large]>}
      ins(%x, %w : memref<?x10x10x64xf16>, memref<3x3x64x64xf16>) outs(%y : memref<?x8x8x64xf32>)
  return
}

// -----

// Parts of a sum are in a buffer of their branch, with the parts of a row behind each other; what
// follows the product is computed where they are added.
// CHECK-LABEL: func.func @parts(
// CHECK: scf.if
// CHECK: %[[PARTS:.*]] = memref.alloc(%{{.*}}) : memref<?x2x64xf32>
// CHECK: memref.reinterpret_cast %[[PARTS]] to offset: [0], sizes: [2, %{{.*}}, 64], strides: [64, 128, 1]
// CHECK: gpu.launch_func @kernels::@parts_stream blocks
// CHECK: memref.subview %[[PARTS]][0, 0, 0]
// CHECK: memref.subview %[[PARTS]][0, 1, 0]
// CHECK: gpu.launch_func @kernels::@parts_point blocks
// CHECK: } else {
// CHECK-NOT: memref.alloc
// CHECK: gpu.launch_func @kernels::@parts_stream_0 blocks
// CHECK: }
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @parts_point(
// CHECK: arith.addf
// CHECK: math.absf
!w = !compress.tensor<512x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @parts(%x: memref<?x512xf16>, %v: memref<16x4x32x16xi8>, %s: memref<1x1xf32>) -> memref<?x64xf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = memref.dim %x, %c0 : memref<?x512xf16>
  %i = memref.alloc(%m) : memref<?x64xf32>
  %y = memref.alloc(%m) : memref<?x64xf16>
  linalg.fill ins(%zero : f32) outs(%i : memref<?x64xf32>)
  compress_kernel.contract ins(%x, %v, %s : memref<?x512xf16>, memref<16x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<?x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [
        #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 3, splits = 2>,
        #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 3>]>}
  linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
      ins(%i : memref<?x64xf32>) outs(%y : memref<?x64xf16>) {
  ^bb0(%a: f32, %o: f16):
    %b = math.absf %a : f32
    %c = arith.truncf %b : f32 to f16
    linalg.yield %c : f16
  }
  return %y : memref<?x64xf16>
}

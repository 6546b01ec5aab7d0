// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels,canonicalize,cse)' \
// RUN:   | FileCheck %s

// Convolutions are matrix products whose rows are positions of the output.

// 16 channels of an image lie side by side, and 24 filters: both are copied by 16
// bytes, the image along K, which is the window and the channels, and the filters
// across it.
// CHECK-LABEL: gpu.func @nhwc_mma
// CHECK-SAME:    mma_sync<tile = [64, 64, 64]
// CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16,
// CHECK-NOT:     nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, {{2|4|8}},
// CHECK:         nvvm.mma.sync
func.func @nhwc(%x: memref<2x15x17x16xf16>, %w: memref<3x3x16x24xf16>, %y: memref<2x13x15x24xf32>) {
  linalg.conv_2d_nhwc_hwcf {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>,
                            dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : memref<2x15x17x16xf16>, memref<3x3x16x24xf16>) outs(%y : memref<2x13x15x24xf32>)
  return
}

// -----

// A filter of 16 channels by a window of 3x3 is one line of 144 elements, copied by
// 16 bytes; lines of the image are as short as the window, and go element by element.
// CHECK-LABEL: gpu.func @nchw_mma
// CHECK-DAG:     nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16,
// CHECK-DAG:     llvm.load %{{.*}} : !llvm.ptr<1> -> i16
// CHECK:         nvvm.mma.sync
func.func @nchw(%x: memref<2x16x15x17xf16>, %w: memref<24x16x3x3xf16>, %y: memref<2x24x7x8xf32>) {
  linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%x, %w : memref<2x16x15x17xf16>, memref<24x16x3x3xf16>) outs(%y : memref<2x24x7x8xf32>)
  return
}

// -----

// Two loops that are reduced make one K, whose lines go on through both.
// CHECK-LABEL: gpu.func @two_reductions_mma
// CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16,
// CHECK-NOT:     nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, {{2|4|8}},
func.func @two_reductions(%w: memref<64x4x4xf16>, %c: memref<64x64xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(m, n, i, j) -> (m, i, j)>, affine_map<(m, n, i, j) -> (n, i, j)>, affine_map<(m, n, i, j) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%w, %w : memref<64x4x4xf16>, memref<64x4x4xf16>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f16, %y: f16, %acc: f32):
    %xe = arith.extf %x : f16 to f32
    %ye = arith.extf %y : f16 to f32
    %p = arith.mulf %xe, %ye : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// Depthwise there are no filters that share an image: no product of matrices.
// CHECK-LABEL: gpu.func @depthwise_tile
// CHECK-NOT:     nvvm.mma.sync
func.func @depthwise(%x: memref<1x10x10x16xf16>, %w: memref<3x3x16xf16>, %y: memref<1x8x8x16xf16>) {
  linalg.depthwise_conv_2d_nhwc_hwc {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : memref<1x10x10x16xf16>, memref<3x3x16xf16>) outs(%y : memref<1x8x8x16xf16>)
  return
}

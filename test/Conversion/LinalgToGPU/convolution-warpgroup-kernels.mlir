// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{chip=sm_90a},canonicalize,cse)' \
// RUN:   | FileCheck %s

// Convolutions by wgmma: what brings the operands.

// By wgmma the filters are a plain matrix of 1152 by 256, which one thread copies by boxes;
// 128 threads gather the image: of 128 positions, a line of 64 channels each, 8 copies of each
// thread.
// CHECK-LABEL: func @chosen
// CHECK:         %[[MATRIX:.*]] = memref.collapse_shape %{{.*}} {{\[\[}}0, 1, 2], [3]] : memref<3x3x128x256xf16> into memref<1152x256xf16>
// CHECK:         compress_kernel.encode_tensor_map %[[MATRIX]] box = [64, 64] swizzle = 128
// CHECK-NOT:     encode_tensor_map
// CHECK:       gpu.func @chosen_wgmma
// CHECK-SAME:    wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>
// CHECK:         nvvm.setmaxregister decrease 72
// CHECK-COUNT-4: nvvm.cp.async.bulk.tensor
// CHECK-COUNT-8: nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg
// CHECK-NOT:     nvvm.cp.async.shared.global
// CHECK:         nvvm.setmaxregister increase 216
// CHECK:         nvvm.wgmma.mma_async
func.func @chosen(%x: memref<32x30x30x128xf16>, %w: memref<3x3x128x256xf16>, %y: memref<32x28x28x256xf32>) {
  linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : memref<32x30x30x128xf16>, memref<3x3x128x256xf16>) outs(%y : memref<32x28x28x256xf32>)
  return
}

// -----

// With a window of 1x1 the image is a plain matrix as well, for any batch.
// CHECK-LABEL: func @pointwise
// CHECK-DAG:     memref.collapse_shape %{{.*}} {{\[\[}}0, 1, 2], [3]] : memref<?x28x28x128xf16> into memref<?x128xf16>
// CHECK-DAG:     encode_tensor_map %{{.*}} box = [1, 1, 64, 64] swizzle = 128 : memref<1x1x128x256xf16>
// CHECK:       gpu.func @pointwise_wgmma
// CHECK-NOT:     nvvm.cp.async.shared.global
// CHECK:         nvvm.wgmma.mma_async
func.func @pointwise(%x: memref<?x28x28x128xf16>, %w: memref<1x1x128x256xf16>, %y: memref<?x28x28x256xf32>) {
  linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : memref<?x28x28x128xf16>, memref<1x1x128x256xf16>) outs(%y : memref<?x28x28x256xf32>)
  return
}

// -----

// Three channels are copied element by element, each of which a thread waits for. There are
// more threads for that by mma.sync.
// CHECK-LABEL: gpu.func @stem_mma
func.func @stem(%x: memref<32x230x230x3xf16>, %w: memref<7x7x3x64xf16>, %y: memref<32x112x112x64xf32>) {
  linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%x, %w : memref<32x230x230x3xf16>, memref<7x7x3x64xf16>) outs(%y : memref<32x112x112x64xf32>)
  return
}

// -----

// Filters of int8, which the body decodes, are computed into the tiles, across K as their codes
// lie, beside an image that is gathered.
// CHECK-LABEL: gpu.func @codes_wgmma
// CHECK:         nvvm.setmaxregister decrease 152
// CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg
// CHECK:         arith.sitofp %{{.*}} : i8 to f16
// CHECK:         llvm.store %{{.*}} : vector<8xf16>, !llvm.ptr<3>
// CHECK:         nvvm.cp.async.wait.group 3
// CHECK-NEXT:    nvvm.fence.proxy
// CHECK:         nvvm.setmaxregister increase 176
// CHECK:         nvvm.wgmma.mma_async {{.*}} A[<f16>, <one>, <row>], B[<f16>, <one>, <row>]
func.func @codes(%x: memref<8x57x57x64xf16>, %k: memref<3x3x64x256xi8>, %s: memref<256xf16>, %y: memref<8x28x28x256xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(n, h, w, f, i, j, c) -> (n, h * 2 + i, w * 2 + j, c)>, affine_map<(n, h, w, f, i, j, c) -> (i, j, c, f)>,
                       affine_map<(n, h, w, f, i, j, c) -> (f)>, affine_map<(n, h, w, f, i, j, c) -> (n, h, w, f)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %k, %s : memref<8x57x57x64xf16>, memref<3x3x64x256xi8>, memref<256xf16>) outs(%y : memref<8x28x28x256xf32>)
      attrs = {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 6>} {
  ^bb0(%a: f16, %code: i8, %scale: f16, %sum: f32):
    %value = arith.sitofp %code : i8 to f16
    %b = arith.mulf %value, %scale : f16
    %wa = arith.extf %a : f16 to f32
    %wb = arith.extf %b : f16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  }
  return
}

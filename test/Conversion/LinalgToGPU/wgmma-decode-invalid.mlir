// RUN: compress-opt %s --split-input-file --verify-diagnostics --convert-linalg-to-kernels=chip=sm_90a
// RUN: not compress-opt %s --split-input-file --convert-linalg-to-kernels=chip=sm_80 2>&1 | FileCheck %s
// CHECK: error: 'compress_kernel.contract' op has a schedule by wgmma, which sm_80 does not have

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @strides(%x: memref<128x128xf16, strided<[132, 1]>>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<128x64xf32>) {
  // expected-error@+1 {{has a schedule by wgmma, but bulk copies cannot read its activations: expected the stride 1 along K, and the other and the offset static multiples of 16 bytes, found 'memref<128x128xf16, strided<[132, 1]>>'}}
  compress_kernel.contract ins(%x, %v, %s : memref<128x128xf16, strided<[132, 1]>>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<128x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @across(%x: memref<128x128xf16, strided<[1, 128]>>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<128x64xf32>) {
  // expected-error@+1 {{bulk copies cannot read its activations}}
  compress_kernel.contract ins(%x, %v, %s : memref<128x128xf16, strided<[1, 128]>>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<128x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @offset(%x: memref<128x128xf16, strided<[128, 1], offset: ?>>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<128x64xf32>) {
  // expected-error@+1 {{bulk copies cannot read its activations}}
  compress_kernel.contract ins(%x, %v, %s : memref<128x128xf16, strided<[128, 1], offset: ?>>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<128x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>}
  return
}

// -----

// What fits with weights of 4 bits need not with 8.
!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @too_large(%x: memref<128x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<128x64xf32>) {
  // expected-error@+1 {{has a schedule that needs 250976 bytes of shared memory; expected at most 232448, which sm_90a has}}
  compress_kernel.contract ins(%x, %v, %s : memref<128x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<128x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 6>}
  return
}

// -----

func.func @no_contract(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{has a schedule for packed weights, #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>, which compress_kernel.contract alone can have}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 2>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

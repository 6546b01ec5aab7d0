// RUN: compress-opt %s --split-input-file --verify-diagnostics --convert-linalg-to-kernels

func.func @no_contract(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{has a schedule for packed weights, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, which compress_kernel.contract alone can have}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @too_large(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{has a schedule that needs 196608 bytes of shared memory; expected at most 166912, which sm_80 has}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.stream<tile = [64, 256], warps = [8, 1], stages = 8>}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @not_contiguous(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8, strided<[4096, 1024, 16, 1]>>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{cannot be a GPU kernel: component of type 'memref<4x4x32x16xi8, strided<[4096, 1024, 16, 1]>>' is not contiguous; copy it first}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8, strided<[4096, 1024, 16, 1]>>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// RUN: compress-opt %s --split-input-file --verify-diagnostics

func.func @no_weight(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes a weight that is a compressed tensor, found 'f32'}}
  compress_kernel.contract ins(%x, %v : memref<8x128xf16>, memref<4x4x32x16xi8>) outs(%i : memref<8x64xf32>) {weight = f32}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i3>>>
func.func @three_bits(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{the weight is not stored as integers or floats of 4 or 8 bits with scales, or as codes of 4 bits}}
  compress_kernel.contract ins(%x, %v : memref<8x128xf16>, memref<4x4x32x16xi8>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>>>
func.func @layout(%x: memref<8x128xf16>, %v: memref<128x64xi8>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes a weight with layout #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>, found #compress.row_major}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<128x64xi8>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @activation(%x: memref<8x64xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes an activation of 'tensor<?x128xf16>', found 'memref<8x64xf16>'}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x64xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @components(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes 2 components, found 1}}
  compress_kernel.contract ins(%x, %v : memref<8x128xf16>, memref<4x4x32x16xi8>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @component(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x64xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes the component 'scales' as 'tensor<1x1xf32>', found 'memref<1x64xf32>'}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x64xf32>) outs(%i : memref<8x64xf32>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @result(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<8x64xbf16>) {
  // expected-error@+1 {{gives f32 or the weight's element type, found 'memref<8x64xbf16>'}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<8x64xbf16>) {weight = !w}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @splits(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{has an accumulator of 'tensor<2x8x64xf32>', found 'memref<8x64xf32>'}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 4], stages = 3, splits = 2>}
  return
}

// -----

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @schedule(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<8x64xf32>) {
  // expected-error@+1 {{takes a schedule of #compress_kernel.stream or #compress_kernel.wgmma_decode, or several of these by rows, found #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>}}
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<8x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>}
  return
}

// -----

// expected-error@+1 {{tile must be two extents, found [16]}}
#s = #compress_kernel.stream<tile = [16], warps = [1, 4], stages = 3>

// -----

// expected-error@+1 {{tile[0] must be 8, 16, 32 or 64, found 24}}
#s = #compress_kernel.stream<tile = [24, 32], warps = [1, 4], stages = 3>

// -----

// expected-error@+1 {{tile[1] must be a multiple of 32, and of 16 for each of 4 warps, found 32}}
#s = #compress_kernel.stream<tile = [16, 32], warps = [4, 1], stages = 3>

// -----

// expected-error@+1 {{warps must be two extents whose product is at most 16, found [4, 8]}}
#s = #compress_kernel.stream<tile = [16, 128], warps = [4, 8], stages = 3>

// -----

// expected-error@+1 {{stages must be in 2..8, found 1}}
#s = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 1>

// -----

// expected-error@+1 {{splits must be in 1..16, found 17}}
#s = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 2, splits = 17>

// -----

// expected-error@+1 {{a thread must have at most 128 accumulators, found 256: more warps or a smaller tile}}
#s = #compress_kernel.stream<tile = [64, 128], warps = [1, 8], stages = 2>

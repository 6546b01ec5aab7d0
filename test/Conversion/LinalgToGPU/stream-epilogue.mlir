// What the kernels of packed weights compute behind a product.

// RUN: compress-opt %s --convert-linalg-to-kernels | FileCheck %s

#id = affine_map<(m, n) -> (m, n)>
#schedule = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>
#row = affine_map<(m, n) -> (n)>
!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>

// A bias, an activation and a residual in a new buffer: the one of the product has no
// reader left.
// CHECK-LABEL: func @fused
// CHECK:         gpu.launch_func @kernels::@fused_stream
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @fused(%x: memref<?x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %bias: memref<64xf32>,
    %residual: memref<?x64xf16>, %m: index) -> memref<?x64xf16> {
  %out = memref.alloc(%m) : memref<?x64xf16>
  %zero = arith.constant 0.0 : f32
  %y = memref.alloc(%m) : memref<?x64xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<?x64xf32>)
  compress_kernel.contract ins(%x, %v, %s : memref<?x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%y : memref<?x64xf32>) {weight = !w, compress_kernel.schedule = #schedule}
  linalg.generic {indexing_maps = [#id, #row, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %bias, %residual : memref<?x64xf32>, memref<64xf32>, memref<?x64xf16>) outs(%out : memref<?x64xf16>) {
  ^bb0(%a: f32, %b: f32, %c: f16, %o: f16):
    %sum = arith.addf %a, %b : f32
    %active = arith.maximumf %sum, %zero : f32
    %half = arith.truncf %active : f32 to f16
    %r = arith.addf %half, %c : f16
    linalg.yield %r : f16
  }
  return %out : memref<?x64xf16>
}

// In place.
// CHECK-LABEL: func @in_place
// CHECK:         gpu.launch_func @kernels::@in_place_stream
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @in_place(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>) -> memref<8x64xf32> {
  %zero = arith.constant 0.0 : f32
  %y = memref.alloc() : memref<8x64xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<8x64xf32>)
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%y : memref<8x64xf32>) {weight = !w}
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%y : memref<8x64xf32>) {
  ^bb0(%o: f32):
    %r = arith.maximumf %o, %zero : f32
    linalg.yield %r : f32
  }
  return %y : memref<8x64xf32>
}

// Two products of one input, and only then what follows each.
// CHECK-LABEL: func @beside
// CHECK-COUNT-2: gpu.launch_func @kernels::@{{.*}}_stream
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @beside(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>) -> (memref<8x64xf16>, memref<8x64xf16>) {
  %zero = arith.constant 0.0 : f16
  %y = memref.alloc() : memref<8x64xf16>
  %z = memref.alloc() : memref<8x64xf16>
  %p = memref.alloc() : memref<8x64xf16>
  %q = memref.alloc() : memref<8x64xf16>
  linalg.fill ins(%zero : f16) outs(%y : memref<8x64xf16>)
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%y : memref<8x64xf16>) {weight = !w}
  linalg.fill ins(%zero : f16) outs(%z : memref<8x64xf16>)
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%z : memref<8x64xf16>) {weight = !w}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : memref<8x64xf16>) outs(%p : memref<8x64xf16>) {
  ^bb0(%a: f16, %o: f16):
    %r = arith.negf %a : f16
    linalg.yield %r : f16
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%z : memref<8x64xf16>) outs(%q : memref<8x64xf16>) {
  ^bb0(%a: f16, %o: f16):
    %r = arith.negf %a : f16
    linalg.yield %r : f16
  }
  return %p, %q : memref<8x64xf16>, memref<8x64xf16>
}

// Parts of a sum are not what the op behind wants.
// CHECK-LABEL: func @parts
// CHECK-COUNT-2: gpu.launch_func
func.func @parts(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>) -> memref<2x8x64xf32> {
  %zero = arith.constant 0.0 : f32
  %y = memref.alloc() : memref<2x8x64xf32>
  %z = memref.alloc() : memref<2x8x64xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<2x8x64xf32>)
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%y : memref<2x8x64xf32>)
      {weight = !w, compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 2], stages = 2, splits = 2>}
  linalg.generic {indexing_maps = [affine_map<(p, m, n) -> (p, m, n)>, affine_map<(p, m, n) -> (p, m, n)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y : memref<2x8x64xf32>) outs(%z : memref<2x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.negf %a : f32
    linalg.yield %r : f32
  }
  return %z : memref<2x8x64xf32>
}

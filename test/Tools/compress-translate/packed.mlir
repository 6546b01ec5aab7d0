// The instructions of a product with a packed weight. A step has eight fragments, each of
// eight codes a lane: four lop3, two additions and two fma, that is nine with the shift of a
// word (of twelve at most), and four products with scales.

// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_80 -o %t/80.ptx
// RUN: FileCheck %s --input-file=%t/80.ptx
// RUN: grep -c 'lop3.b32.*, 106;' %t/80.ptx | FileCheck %s --check-prefix=MASKS
// RUN: grep -c 'add.*f16x2' %t/80.ptx | FileCheck %s --check-prefix=HALF
// RUN: grep -c 'fma.rn.f16x2' %t/80.ptx | FileCheck %s --check-prefix=HALF
// RUN: grep -c 'mul.rn.f16x2' %t/80.ptx | FileCheck %s --check-prefix=MASKS
// MASKS: {{^}}32{{$}}
// HALF: {{^}}16{{$}}

// CHECK: createpolicy.fractional.L2::evict_first.b64
// CHECK: cp.async.cg.shared.global.L2::cache_hint
// CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK: mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32

!w4 = !compress.tensor<256x64xf16, #compress.scheme<storage = #compress.affine<i4, block = [64, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
func.func @layer(%x: tensor<16x256xf16>, %v: tensor<4x4x64x8xi8>, %s: tensor<4x64xf16>) -> tensor<16x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x64xf32>) -> tensor<16x64xf32>
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<16x256xf16>, tensor<4x4x64x8xi8>, tensor<4x64xf16>)
      outs(%fill : tensor<16x64xf32>) {weight = !w4,
      compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 4], stages = 3>} -> tensor<16x64xf32>
  return %y : tensor<16x64xf32>
}

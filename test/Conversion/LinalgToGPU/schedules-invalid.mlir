// RUN: compress-opt %s --split-input-file --verify-diagnostics \
// RUN:   --convert-linalg-to-kernels
// RUN: not compress-opt %s --convert-linalg-to-kernels=chip=sm_12 2>&1 \
// RUN:   | FileCheck %s
// CHECK: error: unknown chip 'sm_12', expected one of: sm_80, sm_89, sm_90a, sm_100a, sm_120

func.func @no_product(%x: memref<64xf32>, %y: memref<64xf32>) {
  // expected-error@+1 {{has a schedule, but is no product of two matrices for tensor cores: expected f16 or bf16, with tile[2] a multiple of 64, or f32 with the option tf32}}
  linalg.generic {
      indexing_maps = [affine_map<(m) -> (m)>, affine_map<(m) -> (m)>],
      iterator_types = ["parallel"]}
      ins(%x : memref<64xf32>) outs(%y : memref<64xf32>)
      attrs = {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 3>} {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

func.func @too_large(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{has a schedule that needs 196608 bytes of shared memory; expected at most 166912, which sm_80 has}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 6>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

// -----

func.func @no_warpgroups(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{has a schedule by wgmma, which sm_80 does not have}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 4>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

// -----

// Half of a line of 128 bytes.
func.func @short_lines(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{has a schedule, but is no product of two matrices for tensor cores: expected f16 or bf16, with tile[2] a multiple of 64, or f32 with the option tf32}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 32], warps = [2, 2], stages = 3>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

// -----

func.func @no_option(%a: memref<64x64xf32>, %b: memref<64x64xf32>, %c: memref<64x64xf32>) {
  // expected-error@+1 {{or f32 with the option tf32}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 32], warps = [2, 2], stages = 3>}
      ins(%a, %b : memref<64x64xf32>, memref<64x64xf32>) outs(%c : memref<64x64xf32>)
  return
}

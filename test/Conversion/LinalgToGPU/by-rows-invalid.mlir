// RUN: compress-opt %s --split-input-file --verify-diagnostics --convert-linalg-to-kernels

#small = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>

// One of the schedules is not for the chip.
func.func @no_warpgroups(%a: memref<?x64xf16>, %b: memref<64x64xf16>, %c: memref<?x64xf32>) {
  // expected-error@+1 {{has a schedule by wgmma, which sm_80 does not have}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [#small, #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 4>]>}
      ins(%a, %b : memref<?x64xf16>, memref<64x64xf16>) outs(%c : memref<?x64xf32>)
  return
}

// -----

#few = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>
func.func @packed_schedule(%a: memref<?x64xf16>, %b: memref<64x64xf16>, %c: memref<?x64xf32>) {
  // expected-error@+1 {{has a schedule for packed weights, #compress_kernel.by_rows}}
  linalg.matmul {compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [#few, #few]>}
      ins(%a, %b : memref<?x64xf16>, memref<64x64xf16>) outs(%c : memref<?x64xf32>)
  return
}

// -----

#small = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>
func.func @no_product(%x: memref<?xf32>, %y: memref<?xf32>) {
  // expected-error@+1 {{has a schedule, but is no product of two matrices for tensor cores: expected f16 or bf16, with tile[2] a multiple of 64, or f32 with the option tf32}}
  linalg.generic {indexing_maps = [affine_map<(m) -> (m)>, affine_map<(m) -> (m)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>)
      attrs = {compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [#small, #small]>} {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// Rows are known only when running: shared memory of all schedules counts.
!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
func.func @too_large(%x: memref<?x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<?x64xf32>) {
  // expected-error@+1 {{has a schedule that needs 196608 bytes of shared memory; expected at most 166912, which sm_80 has}}
  compress_kernel.contract ins(%x, %v, %s : memref<?x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>) outs(%i : memref<?x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [
        #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>,
        #compress_kernel.stream<tile = [64, 256], warps = [8, 1], stages = 8>]>}
  return
}

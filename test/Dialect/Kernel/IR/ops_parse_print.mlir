// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --emit-bytecode | compress-opt | FileCheck %s

// CHECK-LABEL: @maps
// CHECK-SAME: !compress_kernel.tensor_map
func.func @maps(%x: memref<?x4096xf16>, %y: memref<3x8x64xf32, strided<[1024, 64, 1], offset: ?>>)
    -> (!compress_kernel.tensor_map, !compress_kernel.tensor_map) {
  // CHECK: compress_kernel.encode_tensor_map %{{.*}} box = [128, 64] swizzle = 128 : memref<?x4096xf16>
  %0 = compress_kernel.encode_tensor_map %x box = [128, 64] swizzle = 128 : memref<?x4096xf16>
  // CHECK: compress_kernel.encode_tensor_map %{{.*}} box = [1, 8, 16] : memref<3x8x64xf32, strided<[1024, 64, 1], offset: ?>>
  %1 = compress_kernel.encode_tensor_map %y box = [1, 8, 16] : memref<3x8x64xf32, strided<[1024, 64, 1], offset: ?>>
  return %0, %1 : !compress_kernel.tensor_map, !compress_kernel.tensor_map
}

// CHECK-LABEL: @wait
func.func @wait(%sums: !llvm.struct<(f32, f32, f32, f32)>) -> !llvm.struct<(f32, f32, f32, f32)> {
  // CHECK: compress_kernel.wgmma_wait %{{.*}} : !llvm.struct<(f32, f32, f32, f32)>
  %0 = compress_kernel.wgmma_wait %sums : !llvm.struct<(f32, f32, f32, f32)>
  return %0 : !llvm.struct<(f32, f32, f32, f32)>
}

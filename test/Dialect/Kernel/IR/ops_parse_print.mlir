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
  // CHECK: compress_kernel.encode_tensor_map %{{.*}} box = [1, 8, 32] swizzle = 128 tf32 : memref<3x8x64xf32, strided<[1024, 64, 1], offset: ?>>
  %2 = compress_kernel.encode_tensor_map %y box = [1, 8, 32] swizzle = 128 tf32 : memref<3x8x64xf32, strided<[1024, 64, 1], offset: ?>>
  return %0, %1 : !compress_kernel.tensor_map, !compress_kernel.tensor_map
}

// CHECK-LABEL: @wait
func.func @wait(%sums: !llvm.struct<(f32, f32, f32, f32)>) -> !llvm.struct<(f32, f32, f32, f32)> {
  // CHECK: compress_kernel.wgmma_wait %{{.*}} : !llvm.struct<(f32, f32, f32, f32)>
  %0 = compress_kernel.wgmma_wait %sums : !llvm.struct<(f32, f32, f32, f32)>
  return %0 : !llvm.struct<(f32, f32, f32, f32)>
}

// CHECK-LABEL: @product
func.func @product(%sums: !llvm.struct<(f32, f32, f32, f32)>, %a: vector<2xbf16>, %b: i64) -> !llvm.struct<(f32, f32, f32, f32)> {
  // CHECK: compress_kernel.wgmma %[[SUMS:.*]], [%[[A:.*]], %[[A]], %[[A]], %[[A]]], %{{.*}} : !llvm.struct<(f32, f32, f32, f32)>, vector<2xbf16>
  %0 = compress_kernel.wgmma %sums, [%a, %a, %a, %a], %b : !llvm.struct<(f32, f32, f32, f32)>, vector<2xbf16>
  return %0 : !llvm.struct<(f32, f32, f32, f32)>
}

// CHECK-LABEL: func @row_reduce
// CHECK:         linalg.generic
// CHECK:           %[[SUM:.*]] = compress_kernel.row_reduce addf %{{.*}} over [1, 2] : f32
// CHECK:           %[[MOST:.*]] = compress_kernel.row_reduce maxs %{{.*}} over [1, 2] : i64
func.func @row_reduce(%x: tensor<?x3x4xf32>, %i: tensor<?x3x4xi64>, %y: tensor<?xf32>, %z: tensor<?xi64>) -> (tensor<?xf32>, tensor<?xi64>) {
  %0:2 = linalg.generic {
      indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j, k)>,
                       affine_map<(i, j, k) -> (i)>, affine_map<(i, j, k) -> (i)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %i : tensor<?x3x4xf32>, tensor<?x3x4xi64>) outs(%y, %z : tensor<?xf32>, tensor<?xi64>) {
  ^bb0(%a: f32, %b: i64, %c: f32, %d: i64):
    %s = compress_kernel.row_reduce addf %a over [1, 2] : f32
    %m = compress_kernel.row_reduce maxs %b over [1, 2] : i64
    linalg.yield %s, %m : f32, i64
  } -> (tensor<?xf32>, tensor<?xi64>)
  return %0#0, %0#1 : tensor<?xf32>, tensor<?xi64>
}

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s -mlir-print-op-generic | compress-opt | FileCheck %s

!w = !compress.tensor<128x64xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>

// CHECK-LABEL: func @tensors
// CHECK: compress_kernel.contract ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<?x128xf16>, tensor<4x4x32x16xi8>, tensor<1x1xf32>)
// CHECK-SAME: outs(%{{.*}} : tensor<?x64xf32>) {weight = !compress.tensor<128x64xf16, {{.*}}} -> tensor<?x64xf32>
func.func @tensors(%x: tensor<?x128xf16>, %v: tensor<4x4x32x16xi8>, %s: tensor<1x1xf32>, %i: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<?x128xf16>, tensor<4x4x32x16xi8>, tensor<1x1xf32>)
      outs(%i : tensor<?x64xf32>) {weight = !w} -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// CHECK-LABEL: func @buffers
// CHECK: compress_kernel.contract
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 4], stages = 3, splits = 2>
func.func @buffers(%x: memref<8x128xf16>, %v: memref<4x4x32x16xi8>, %s: memref<1x1xf32>, %i: memref<2x8x64xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<8x128xf16>, memref<4x4x32x16xi8>, memref<1x1xf32>)
      outs(%i : memref<2x8x64xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 4], stages = 3, splits = 2>}
  return
}

// CHECK-LABEL: func @instructions
// CHECK: compress_kernel.lop3 %{{.*}}, %{{.*}}, %{{.*}} table = 106
// CHECK: %[[P:.*]] = compress_kernel.evict_first
// CHECK: compress_kernel.cp_async %{{.*}}, %{{.*}}, %{{.*}}, %[[P]] : !llvm.ptr<3>, !llvm.ptr<1>
func.func @instructions(%a: i32, %to: !llvm.ptr<3>, %from: !llvm.ptr<1>) -> i32 {
  %r = compress_kernel.lop3 %a, %a, %a table = 106
  %p = compress_kernel.evict_first
  compress_kernel.cp_async %to, %from, %a, %p : !llvm.ptr<3>, !llvm.ptr<1>
  return %r : i32
}

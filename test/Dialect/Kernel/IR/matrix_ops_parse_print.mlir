// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --emit-bytecode | compress-opt | FileCheck %s

!sums = !llvm.struct<(f32, f32, f32, f32)>
!halves = !llvm.struct<(vector<2xf16>, vector<2xf16>)>
!counts = !llvm.struct<(i32, i32, i32, i32)>

// CHECK-LABEL: @small_floats
func.func @small_floats(%a: i32, %e: i32, %f32: !sums, %f16: !halves) -> (!sums, !sums, !halves) {
  // CHECK: compress_kernel.mma [%[[A:.*]], %[[A]], %[[A]], %[[A]]], [%[[A]], %[[A]]], %{{.*}} : f8E4M3FN, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %f32 : f8E4M3FN, f8E5M2, !sums
  // CHECK: compress_kernel.mma [%[[A]], %[[A]], %[[A]], %[[A]]], [%[[A]], %[[A]], %[[A]], %[[A]]], %{{.*}} metadata = %{{.*}} : f8E5M2, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
  %1 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a, %a, %a], %f32 metadata = %e : f8E5M2, f8E5M2, !sums
  // CHECK: compress_kernel.mma {{.*}} : f8E4M3FN, f8E4M3FN, !llvm.struct<(vector<2xf16>, vector<2xf16>)>
  %2 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %f16 : f8E4M3FN, f8E4M3FN, !halves
  return %0, %1, %2 : !sums, !sums, !halves
}

// CHECK-LABEL: @sparse_rows
func.func @sparse_rows(%a: i32, %d: i64, %e: i32, %f32: !sums, %i32: !counts) -> (!sums, !sums, !counts) {
  // CHECK: compress_kernel.wgmma_sp %{{.*}}, [%[[A:.*]], %[[A]], %[[A]], %[[A]]], %[[D:.*]], %{{.*}} selector = 1 : !llvm.struct<(f32, f32, f32, f32)>, bf16, bf16
  %0 = compress_kernel.wgmma_sp %f32, [%a, %a, %a, %a], %d, %e selector = 1 : !sums, bf16, bf16
  // CHECK: compress_kernel.wgmma_sp %{{.*}}, %[[D]], %[[D]], %{{.*}} selector = 0 : !llvm.struct<(f32, f32, f32, f32)>, tf32, tf32
  %1 = compress_kernel.wgmma_sp %0, %d, %d, %e selector = 0 : !sums, tf32, tf32
  // CHECK: compress_kernel.wgmma_sp %{{.*}}, %[[D]], %[[D]], %{{.*}} selector = 0 : !llvm.struct<(f32, f32, f32, f32)>, f8E4M3FN, f8E5M2
  %2 = compress_kernel.wgmma_sp %1, %d, %d, %e selector = 0 : !sums, f8E4M3FN, f8E5M2
  // CHECK: compress_kernel.wgmma_sp %{{.*}}, %[[D]], %[[D]], %{{.*}} selector = 0 : !llvm.struct<(i32, i32, i32, i32)>, ui8, i8
  %3 = compress_kernel.wgmma_sp %i32, %d, %d, %e selector = 0 : !counts, ui8, i8
  return %0, %2, %3 : !sums, !sums, !counts
}

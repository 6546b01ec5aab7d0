// RUN: compress-opt %s --compress-plan-device-buffers | FileCheck %s --check-prefix=PLAN
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-plan-device-buffers, convert-launches-to-cuda)' | FileCheck %s

// The launch that takes a tensor map uses the tensor: the two buffers meet there.
// PLAN:     func.func @copy(
// PLAN-SAME: compress_cuda.lifetimes = array<i64: [[#]], [[LAUNCH:[0-9]+]], [[LAUNCH]], {{[0-9]+}}>
// PLAN:     func.func @copy_measure(
// PLAN-NOT: encode_tensor_map
// PLAN:     gpu.module

// CHECK-LABEL: func.func @copy(
// CHECK-SAME:    %[[CALL:[a-z0-9]+]]: !llvm.ptr)
// CHECK-DAG:     %[[MAP:.*]] = llvm.alloca {{.*}} x !llvm.array<128 x i8> {alignment = 64
// CHECK:         llvm.call @compress_cuda_encode_tensor_map(%[[CALL]], %[[MAP]], %{{.*}}, %{{.*}})
// CHECK:         %[[PASSED:.*]] = builtin.unrealized_conversion_cast %{{.*}} : !compress_kernel.tensor_map to !llvm.ptr
// CHECK:         llvm.store %[[PASSED]]
// CHECK:         llvm.call @compress_cuda_launch
module attributes {gpu.container_module} {
  func.func @copy(%x: memref<64x64xf16>) -> memref<64x64xf16> {
    %c1 = arith.constant 1 : index
    %a = memref.alloc() : memref<64x64xf16>
    %b = memref.alloc() : memref<64x64xf16>
    %y = memref.alloc() : memref<64x64xf16>
    gpu.launch_func @kernels::@plain blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<64x64xf16>, %a : memref<64x64xf16>)
    %map = compress_kernel.encode_tensor_map %a box = [64, 64] swizzle = 128 : memref<64x64xf16>
    gpu.launch_func @kernels::@mapped blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%map : !compress_kernel.tensor_map, %b : memref<64x64xf16>)
    gpu.launch_func @kernels::@plain blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%b : memref<64x64xf16>, %y : memref<64x64xf16>)
    return %y : memref<64x64xf16>
  }
  gpu.module @kernels {
    llvm.func @plain(%x: !llvm.ptr, %y: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
    llvm.func @mapped(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>}, %y: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

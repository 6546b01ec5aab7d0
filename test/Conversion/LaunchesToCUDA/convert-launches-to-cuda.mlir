// RUN: compress-opt %s --convert-launches-to-cuda | FileCheck %s
// RUN: compress-opt %src_root/test/Tools/compress-translate/Inputs/layers.mlir \
// RUN:   --pass-pipeline='builtin.module(compress-lower-to-gpu, compress-launch-cuda)' \
// RUN:   | FileCheck %s --check-prefix=LLVM

// Kernels have numbers in the module's order; pointers, sizes and a constant are
// passed by address; the launch's own cluster goes before that of the kernel.

// CHECK:       module attributes {compress_cuda.kernels = ["first", "second"]}
// CHECK:       llvm.func @compress_cuda_copy(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64)
// CHECK:       llvm.func @compress_cuda_launch(!llvm.ptr, i64, !llvm.ptr, !llvm.ptr, i64)
// CHECK-LABEL: func.func @launches
// CHECK-SAME:    %[[X:.*]]: memref<?xf32>, %[[Y:.*]]: memref<?xf32>, %[[CALL:.*]]: !llvm.ptr)
// CHECK:         %[[SHARED:.*]] = arith.extui %{{.*}} : i32 to i64
// CHECK:         %[[NUMBER:.*]] = llvm.mlir.constant(1 : i64) : i64
// CHECK:         llvm.call @compress_cuda_launch(%[[CALL]], %[[NUMBER]], %{{.*}}, %{{.*}}, %[[SHARED]])
// CHECK:         %[[NONE:.*]] = llvm.mlir.constant(0 : i64) : i64
// CHECK:         %[[FIRST:.*]] = llvm.mlir.constant(0 : i64) : i64
// CHECK:         llvm.call @compress_cuda_launch(%[[CALL]], %[[FIRST]], %{{.*}}, %{{.*}}, %[[NONE]])
// CHECK:         %[[BYTES:.*]] = arith.muli
// CHECK:         %[[COUNT:.*]] = arith.index_cast %[[BYTES]]
// CHECK:         llvm.call @compress_cuda_copy(%[[CALL]], %{{.*}}, %{{.*}}, %[[COUNT]])
// CHECK-NOT:   gpu.

// The whole pipeline leaves nothing but the LLVM dialect.
// LLVM:     llvm.func @_mlir_ciface_layers(
// LLVM:     llvm.func @_mlir_ciface_layers_measure(
// LLVM-NOT: func.func
// LLVM-NOT: memref.
module attributes {gpu.container_module} {
  func.func @launches(%x: memref<?xf32>, %y: memref<?xf32>, %call: !llvm.ptr) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %bytes = arith.constant 65536 : i32
    %n = memref.dim %x, %c0 : memref<?xf32>
    gpu.launch_func @kernels::@second clusters in (%c2, %c1, %c1) blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        dynamic_shared_memory_size %bytes args(%x : memref<?xf32>, %n : index)
    gpu.launch_func @kernels::@first blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?xf32>)
    memref.copy %x, %y : memref<?xf32> to memref<?xf32>
    return
  }
  gpu.module @kernels {
    llvm.func @first(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel, nvvm.cluster_dim = array<i32: 4, 1, 1>} {
      llvm.return
    }
    llvm.func @second(%x: !llvm.ptr<1>, %n: i64) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

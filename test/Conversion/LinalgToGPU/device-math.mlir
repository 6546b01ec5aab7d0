// RUN: compress-opt %s --pass-pipeline='builtin.module(gpu.module(compress-expand-device-math))' | FileCheck %s
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-kernels-to-nvvm)' | FileCheck %s --check-prefix=NVVM

// No kernel calls a device library, whatever math it uses. Exponentials are scaled
// powers of two.

// NVVM-NOT: llvm.func @__nv
// NVVM:     llvm.func @math
// NVVM-NOT: llvm.call @
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @math
  // CHECK-NOT:     math.
  // CHECK:         llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"
  // CHECK:         llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"
  // CHECK-NOT:     math.
  // CHECK:         llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"
  // CHECK-NOT:     math.
  // CHECK:         gpu.return
  gpu.func @math(%buffer: memref<f32>) kernel {
    %x = memref.load %buffer[] : memref<f32>
    %0 = math.rsqrt %x : f32
    %1 = math.exp %0 : f32
    %2 = math.erf %1 : f32
    %3 = math.tanh %2 : f32
    %4 = math.log %3 : f32
    %5 = math.sin %4 : f32
    %6 = math.cos %5 : f32
    %7 = math.powf %6, %x : f32
    %8 = math.absf %7 : f32
    %9 = math.floor %8 : f32
    %10 = math.roundeven %9 : f32
    %11 = arith.maxnumf %10, %x : f32
    %12 = arith.maximumf %11, %x : f32
    %13 = arith.remf %12, %x : f32
    memref.store %13, %buffer[] : memref<f32>
    gpu.return
  }

  // The argument of 2^x is rounded; what that leaves out is a factor.
  // CHECK-LABEL: gpu.func @exp
  // CHECK:         %[[X:.*]] = arith.minimumf
  // CHECK:         %[[HIGH:.*]] = arith.mulf %[[X]], %{{.*}} : f32
  // CHECK:         %[[POWER:.*]] = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%[[HIGH]])
  // CHECK:         arith.mulf %[[POWER]], %{{.*}}
  gpu.func @exp(%buffer: memref<f16>) kernel {
    %x = memref.load %buffer[] : memref<f16>
    %0 = math.exp %x : f16
    memref.store %0, %buffer[] : memref<f16>
    gpu.return
  }

  // A product may be fused with the sum that it is added to.
  // CHECK-LABEL: gpu.func @contract
  // CHECK:         arith.mulf {{.*}} fastmath<contract>
  // CHECK:         arith.addf {{.*}} fastmath<contract>
  gpu.func @contract(%buffer: memref<f32>) kernel {
    %x = memref.load %buffer[] : memref<f32>
    %p = arith.mulf %x, %x : f32
    %s = arith.addf %p, %x : f32
    memref.store %s, %buffer[] : memref<f32>
    gpu.return
  }
}

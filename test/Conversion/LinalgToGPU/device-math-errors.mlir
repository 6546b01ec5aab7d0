// RUN: compress-opt %s --verify-diagnostics --pass-pipeline='builtin.module(gpu.module(compress-expand-device-math))'

gpu.module @kernels {
  gpu.func @math(%buffer: memref<f64>) kernel {
    %x = memref.load %buffer[] : memref<f64>
    // expected-error@+1 {{'math.erf' op has no expansion for GPUs for operands of type 'f64'}}
    %y = math.erf %x : f64
    memref.store %y, %buffer[] : memref<f64>
    gpu.return
  }
}

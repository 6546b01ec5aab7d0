// REQUIRES: no-cuda-driver
// RUN: not compress-run %s --target=cuda 2>&1 | FileCheck %s
// CHECK: error: {{.*}}cuda-no-driver.mlir: no CUDA driver: expected to load libcuda.so.1, found: {{.*}}. Install NVIDIA's driver, or put the folder of libcuda.so.1 into LD_LIBRARY_PATH
func.func @negate(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.negf %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

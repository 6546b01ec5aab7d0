// RUN: rm -rf %t && mkdir %t && cp %S/Inputs/mlp.mlir %t/mlp.mlir
// RUN: not compress-translate %t/mlp.mlir --target=metal --chip=sm_80 -o %t/out 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: unknown target 'metal', expected: cpu, cuda
// RUN: not compress-translate %t/mlp.mlir --target=cuda --chip=sm_9000 -o %t/out 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: unknown chip 'sm_9000', expected one of: sm_80, sm_89, sm_90a, sm_100a, sm_120
// RUN: not compress-translate %t/missing.mlir --target=cuda --chip=sm_80 -o %t/out 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: '{{.*}}missing.mlir': No such file or directory
// RUN: not compress-translate %t/mlp.mlir --target=cuda --chip=sm_80 -o %t/mlp.mlir 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: error: {{.*}}mlp.mlir
// RUN: cmp %S/Inputs/mlp.mlir %t/mlp.mlir
// RUN: not compress-translate %t/mlp.mlir --target=cuda --chip=sm_80 -o %t/none/out.ptx 2>&1 | FileCheck %s --check-prefix=DIR
// DIR: error: {{.*}}none
// RUN: env PATH= CUDA_HOME=%t not compress-translate %t/mlp.mlir --target=cuda --chip=sm_80 --emit=cubin -o %t/out 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: error: no ptxas, which machine code and --resource-usage need: put it on PATH or set CUDA_HOME, or write PTX with --emit=ptx
// RUN: not compress-translate %s --target=cuda --chip=sm_80 -o %t/out 2>&1 | FileCheck %s --check-prefix=OP
// OP: errors.mlir:[[#@LINE+7]]:{{.*}}: error: 'memref.load' op has no lowering to a GPU kernel

// Nothing of all this has left an output.
// RUN: not ls %t/out
func.func @reads_on_the_host(%x: tensor<4xf32>, %i: index) -> f32 {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %v = tensor.extract %y[%i] : tensor<4xf32>
  return %v : f32
}

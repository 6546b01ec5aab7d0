// 1 + 2^-11 is halfway between two numbers of 11 bits, and so is its double. They stay
// what they are by default; with --tf32 mma.sync has those above, and wgmma, for which
// the emulator cuts them off, those below.

// RUN: compress-run %s --target=emulated --chip=sm_80 | FileCheck %s --check-prefix=F32
// RUN: compress-run %s --target=emulated --chip=sm_90a | FileCheck %s --check-prefix=F32
// RUN: compress-run %s --target=emulated --chip=sm_80 --tf32 | FileCheck %s --check-prefix=ROUNDED
// RUN: compress-run %s --target=emulated --chip=sm_90a --tf32 | FileCheck %s --check-prefix=CUT
// F32: out0: F32[2, 4] = 1.00049 0 0 0 0 0 0 2.00098
// ROUNDED: out0: F32[2, 4] = 1.00098 0 0 0 0 0 0 2.00195
// CUT: out0: F32[2, 4] = 1 0 0 0 0 0 0 2

// RUN: not compress-run %s --tf32 2>&1 | FileCheck %s --check-prefix=NEEDS
// NEEDS: error: --tf32: expected --target=emulated or --target=cuda with it

func.func @product() -> tensor<2x4xf32> {
  %a = arith.constant dense<[[1.00048828125, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0009765625]]> : tensor<2x4xf32>
  %b = arith.constant dense<[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]> : tensor<4x4xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %c = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : tensor<2x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %c : tensor<2x4xf32>
}

// The plugin gives stock mlir-opt the dialects and passes: the same result as that of
// compress-opt, to the byte.

// RUN: mlir-opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(compress-pipeline{quantize=w8a16 prune=2:4})' -o %t.plugin.mlir
// RUN: compress-opt %s --quantize --prune -o %t.own.mlir
// RUN: cmp %t.plugin.mlir %t.own.mlir
// RUN: FileCheck %s < %t.plugin.mlir

// A tool that has them already takes the plugin too.
// RUN: compress-opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin --quantize --prune \
// RUN:   | FileCheck %s

// CHECK: compress.contract {{.*}} !compress.tensor<4x2xf32, #compress.scheme<sparsity = #compress.nm<2:4
func.func @f(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]> : tensor<4x2xf32>
  %y = linalg.matmul ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

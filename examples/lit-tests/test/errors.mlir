// What a transform rejects: -verify-diagnostics compares errors, and where they
// are, with the comments. Nothing else may be reported.

// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize{rule={preset: w8a16, targets: [product]}})' -verify-diagnostics

func.func @f(%x: tensor<3x4xf32>, %w: tensor<4x2xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // expected-error @below {{stage 'quantize' names 'product', but it cannot be compressed: no operand is a weight}}
  %y = linalg.matmul {compress.site = "product"} ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

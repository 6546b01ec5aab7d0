// RUN: compress-opt %s --convert-compress-to-linalg -split-input-file -verify-diagnostics

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @mse(%x: tensor<8x4xf32>) -> !d {
  // expected-error @+2 {{'compress.encode' op cannot run with observer #compress.observer<mse>: only minmax is computed at run time; run compress-fold first, which needs a weight}}
  // expected-error @+1 {{failed to legalize operation 'compress.encode'}}
  %e = compress.encode %x observer = <mse> : tensor<8x4xf32> -> !d
  return %e : !d
}

// -----

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @percentile(%x: tensor<8x4xf32>) -> !d {
  // expected-error @+2 {{cannot run with observer #compress.observer<percentile, 9.950000e+01>}}
  // expected-error @+1 {{failed to legalize operation 'compress.encode'}}
  %e = compress.encode %x observer = <percentile, 99.5> : tensor<8x4xf32> -> !d
  return %e : !d
}

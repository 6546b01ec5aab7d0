// RUN: compress-opt %s --convert-compress-to-linalg -split-input-file -verify-diagnostics

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @mse(%x: tensor<8x4xf32>) -> !d {
  // expected-error @+1 {{'compress.encode' op cannot run with observer #compress.observer<mse>: only minmax is computed at run time; run compress-fold first, which needs a weight}}
  %e = compress.encode %x observer = <mse> : tensor<8x4xf32> -> !d
  return %e : !d
}

// -----

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @percentile(%x: tensor<8x4xf32>) -> !d {
  // expected-error @+1 {{cannot run with observer #compress.observer<percentile, 9.950000e+01>}}
  %e = compress.encode %x observer = <percentile, 99.5> : tensor<8x4xf32> -> !d
  return %e : !d
}

// -----

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @other_dialect(%w: !d) -> tensor<8x4xf32> {
  // expected-error @+1 {{'builtin.unrealized_conversion_cast' op takes or gives a compressed tensor}}
  %0 = builtin.unrealized_conversion_cast %w : !d to tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// -----

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func private @callee(%w: !d)
func.func @function_value() {
  // expected-error @+1 {{'func.constant' op takes or gives a compressed tensor}}
  %0 = func.constant @callee : (!d) -> ()
  return
}

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

// -----

!learned = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.codebook<kmeans, i4, vector = 2>>>

// A codebook that is given can be used at run time.
func.func @given(%w: tensor<8x4xf32>, %t: tensor<1x1x16x2xf32>) -> tensor<8x4xf32> {
  %e = compress.encode %w parameters(%t : tensor<1x1x16x2xf32>) : tensor<8x4xf32> -> !learned
  %d = compress.decode %e : !learned -> tensor<8x4xf32>
  return %d : tensor<8x4xf32>
}

func.func @learned(%w: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // expected-error @below {{'compress.encode' op cannot run with #compress.codebook<kmeans, i4, vector = 2>: a codebook is learned from a whole weight; run compress-fold first, which needs a weight, or give the codebook as a parameter}}
  %e = compress.encode %w : tensor<8x4xf32> -> !learned
  %d = compress.decode %e : !learned -> tensor<8x4xf32>
  return %d : tensor<8x4xf32>
}

// RUN: compress-opt %s --compress-explode -split-input-file -verify-diagnostics

!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8>>>

// An op that reads a compressed tensor.
func.func @takes(%w: !d) -> tensor<4x2xf32> {
  // expected-error @+1 {{'builtin.unrealized_conversion_cast' op takes or gives a compressed tensor, but besides the ops of compress only func.func, func.call, func.return, scf.if, scf.for, scf.while, cf.br, cf.cond_br and arith.select can; decode the tensor before it}}
  %0 = builtin.unrealized_conversion_cast %w : !d to tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8>>>

// One that makes it.
func.func @gives() {
  // expected-error @+1 {{'ub.poison' op takes or gives a compressed tensor}}
  %0 = ub.poison : !d
  return
}

// -----

!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8>>>

// Control flow of another kind.
func.func @region(%w: !d) -> !d {
  // expected-error @+1 {{'scf.execute_region' op takes or gives a compressed tensor}}
  %0 = scf.execute_region -> !d {
    scf.yield %w : !d
  }
  return %0 : !d
}

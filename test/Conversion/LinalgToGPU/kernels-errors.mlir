// RUN: compress-opt %s --split-input-file --verify-diagnostics \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels)'

func.func @host_reads_device(%x: memref<4xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  // expected-error@+1 {{'memref.load' op has no lowering to a GPU kernel; expected linalg ops, or ops on tensors that become views and copies}}
  %v = memref.load %x[%c0] : memref<4xf32>
  return %v : f32
}

// -----

func.func @sub_byte(%x: memref<4xi4>, %y: memref<4xi4>) {
  // expected-error@+1 {{op cannot be a GPU kernel: operand of type 'memref<4xi4>' is neither a buffer of whole bytes with strides nor a scalar}}
  memref.copy %x, %y : memref<4xi4> to memref<4xi4>
  return
}

// -----

func.func @conflicting_writes(%x: memref<4x4xf32>, %y: memref<7xf32>) {
  // expected-error@+1 {{op cannot be a GPU kernel: output 0 is indexed by affine_map<(d0, d1) -> (d0 + d1)>, expected each parallel loop once and nothing else}}
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i + j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x4xf32>) outs(%y : memref<7xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// expected-error@+1 {{has nothing to run on a GPU: expected a function with linalg ops}}
module {
  func.func private @declared(memref<4xf32>)
}

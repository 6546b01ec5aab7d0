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

// -----

// Two results that are no one associative op: no threads could share them.

func.func @idle(%x: memref<100000xf32>, %y: memref<f32>, %z: memref<f32>) {
  // expected-error@+1 {{op would give 1 threads all the work: expected a reduction by one associative op of arith that reads an operand at each point, which threads share, or at least 32 results, or at most 4096 steps for each}}
  linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
      iterator_types = ["reduction"]}
      ins(%x : memref<100000xf32>) outs(%y, %z : memref<f32>, memref<f32>) {
  ^bb0(%a: f32, %s: f32, %t: f32):
    %p = arith.addf %s, %a : f32
    %q = arith.mulf %t, %a : f32
    linalg.yield %p, %q : f32, f32
  }
  return
}

// -----

func.func @row_output(%x: memref<4x8xf32>, %z: memref<4xf32>) {
  // expected-error@+1 {{op cannot be a GPU kernel: output 0 has one value for a row, but what is yielded differs between its elements; expected a row_reduce of it}}
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x8xf32>) outs(%z : memref<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = compress_kernel.row_reduce addf %a over [1] : f32
    %c = arith.subf %a, %s : f32
    linalg.yield %c : f32
  }
  return
}

// -----

func.func @row_reads_output(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error@+1 {{op cannot be a GPU kernel: the body of a row program reads output 0; expected an input}}
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = compress_kernel.row_reduce addf %out over [1] : f32
    %c = arith.subf %a, %s : f32
    linalg.yield %c : f32
  }
  return
}

// -----

func.func @complex(%x: memref<4xcomplex<f32>>, %y: memref<4xcomplex<f32>>) {
  // expected-error@+1 {{op cannot be a GPU kernel: operand of type 'memref<4xcomplex<f32>>' is neither a buffer of whole bytes with strides nor a scalar}}
  memref.copy %x, %y : memref<4xcomplex<f32>> to memref<4xcomplex<f32>>
  return
}

// -----

func.func @odd_width(%x: memref<4x8xi48>, %y: memref<4xi48>) {
  // expected-error@+1 {{op cannot be a GPU kernel: it combines values of type 'i48', expected at most 32 bits, or 64}}
  linalg.reduce ins(%x : memref<4x8xi48>) outs(%y : memref<4xi48>) dimensions = [1]
    (%a: i48, %acc: i48) {
      %0 = arith.addi %a, %acc : i48
      linalg.yield %0 : i48
    }
  return
}

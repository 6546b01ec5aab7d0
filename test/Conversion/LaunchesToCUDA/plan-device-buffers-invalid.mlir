// RUN: compress-opt %s --split-input-file --verify-diagnostics --compress-plan-device-buffers

func.func @reads(%x: memref<4xf32>, %i: index) -> memref<4xf32> {
  %y = memref.alloc() : memref<4xf32>
  // expected-error @below {{reads or writes a buffer on the host, but the buffers are in the memory of the GPU, and a call does not wait for it; expected an op that becomes a kernel, or a memref.load of an argument marked compress_kernel.host}}
  %v = memref.load %x[%i] : memref<4xf32>
  return %y : memref<4xf32>
}

// -----

func.func private @other(index)
func.func @calls(%x: memref<4xf32>, %i: index) -> memref<4xf32> {
  // expected-error @below {{is a call on the host; expected it to be inlined}}
  func.call @other(%i) : (index) -> ()
  return %x : memref<4xf32>
}

// -----

// expected-error @below {{branches between blocks; expected control flow of the scf dialect}}
func.func @blocks(%x: memref<4xf32>) -> memref<4xf32> {
  cf.br ^next
^next:
  return %x : memref<4xf32>
}

// -----

// expected-error @below {{has a result 0 of type 'index'; expected a buffer without gaps}}
func.func @scalar(%i: index) -> index {
  return %i : index
}

// -----

// expected-error @below {{has a result 0 of type 'memref<4xf32, strided<[2]>>'; expected a buffer without gaps}}
func.func @gaps(%x: memref<4xf32, strided<[2]>>) -> memref<4xf32, strided<[2]>> {
  return %x : memref<4xf32, strided<[2]>>
}

// -----

func.func @grows(%x: memref<?xf32>, %n: index) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{hands a buffer from one iteration to the next that is not an allocation of a size known before the loop, number 0}}
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%v = %x) -> memref<?xf32> {
    %a = memref.alloc(%i) : memref<?xf32>
    scf.yield %a : memref<?xf32>
  }
  return %r : memref<?xf32>
}

// -----

func.func @swaps(%x: memref<4xf32>, %y: memref<4xf32>, %n: index) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{hands a buffer from one iteration to the next that is not an allocation of a size known before the loop, number 0}}
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%v = %x, %w = %y) -> (memref<4xf32>, memref<4xf32>) {
    scf.yield %w, %v : memref<4xf32>, memref<4xf32>
  }
  return %r#0 : memref<4xf32>
}

// -----

func.func @while(%x: memref<4xf32>, %c: i1) -> memref<4xf32> {
  // expected-error @below {{hands on buffers; expected a loop with a known number of iterations (scf.for)}}
  %r = scf.while (%v = %x) : (memref<4xf32>) -> memref<4xf32> {
    scf.condition(%c) %v : memref<4xf32>
  } do {
  ^bb0(%v: memref<4xf32>):
    scf.yield %v : memref<4xf32>
  }
  return %r : memref<4xf32>
}

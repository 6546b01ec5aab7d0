// RUN: compress-opt %s --split-input-file --compress-plan-device-buffers | FileCheck %s

// Three temporaries, the first of which is dead when the third is written; the
// result is written in place.

// CHECK-LABEL: func.func @chain
// CHECK-SAME:    %[[X:.*]]: memref<?x4xf32>, %[[OUT:.*]]: memref<?xi8>, %[[WORKSPACE:.*]]: memref<?xi8>, %[[PLAN:.*]]: memref<?xindex>, %{{.*}}: !llvm.ptr)
// CHECK-SAME:    compress_cuda.lifetimes = array<i64: [[BEGIN:[0-9]+]], [[MIDDLE:[0-9]+]], [[MIDDLE]], [[THIRD:[0-9]+]], [[THIRD]], {{[0-9]+}}>
// CHECK-SAME:    compress_cuda.measure = @chain_measure
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0 : index
// CHECK:         %[[ROWS:.*]] = memref.dim %[[X]]
// CHECK:         %[[OFFSET:.*]] = memref.load %[[PLAN]]
// CHECK:         %[[A:.*]] = memref.view %[[WORKSPACE]][%[[OFFSET]]][%[[ROWS]]] : memref<?xi8> to memref<?x4xf32>
// CHECK:         %[[Y:.*]] = memref.view %[[OUT]][%{{.*}}][%[[ROWS]]] : memref<?xi8> to memref<?x4xf32>
// CHECK-COUNT-4: gpu.launch_func
// CHECK:         return{{$}}

// CHECK-LABEL: func.func @chain_measure
// CHECK-SAME:    %[[X:.*]]: memref<?x4xf32>, %{{.*}}: memref<?xi8>, %{{.*}}: memref<?xi8>, %[[PLAN:.*]]: memref<?xindex>
// CHECK:         %[[ROWS:.*]] = memref.dim %[[X]]
// CHECK:         %[[FOUR:.*]] = arith.constant 4
// CHECK:         %[[ROW:.*]] = arith.muli %[[ROWS]], %[[FOUR]]
// CHECK:         %[[BYTES:.*]] = arith.muli %[[ROW]], %{{.*}}
// CHECK:         memref.store %[[BYTES]], %[[PLAN]]
// CHECK-NOT:     gpu.launch_func
// CHECK:         return{{$}}

module attributes {gpu.container_module} {
  func.func @chain(%x: memref<?x4xf32>) -> memref<?x4xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %m = memref.dim %x, %c0 : memref<?x4xf32>
    %a = memref.alloc(%m) : memref<?x4xf32>
    %b = memref.alloc(%m) : memref<?x4xf32>
    %c = memref.alloc(%m) : memref<?x4xf32>
    %y = memref.alloc(%m) : memref<?x4xf32>
    gpu.launch_func @kernels::@k blocks in (%m, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?x4xf32>, %a : memref<?x4xf32>)
    gpu.launch_func @kernels::@k blocks in (%m, %c1, %c1) threads in (%c1, %c1, %c1) args(%a : memref<?x4xf32>, %b : memref<?x4xf32>)
    gpu.launch_func @kernels::@k blocks in (%m, %c1, %c1) threads in (%c1, %c1, %c1) args(%b : memref<?x4xf32>, %c : memref<?x4xf32>)
    gpu.launch_func @kernels::@k blocks in (%m, %c1, %c1) threads in (%c1, %c1, %c1) args(%c : memref<?x4xf32>, %y : memref<?x4xf32>)
    return %y : memref<?x4xf32>
  }
  gpu.module @kernels {
    gpu.func @k(%x: memref<?x4xf32>, %y: memref<?x4xf32>) kernel {
      gpu.return
    }
  }
}

// -----

// An argument that is returned is copied, and so is a buffer that is returned
// twice; one that is returned in another shape is written in place.

// CHECK-LABEL: func.func @results
// CHECK-SAME:    %[[X:.*]]: memref<6xi8>, %[[OUT0:.*]]: memref<?xi8>, %[[OUT1:.*]]: memref<?xi8>, %[[OUT2:.*]]: memref<?xi8>, %[[OUT3:.*]]: memref<?xi8>, %[[WORKSPACE:.*]]: memref<?xi8>
// CHECK-SAME:    compress_cuda.lifetimes = array<i64: {{[0-9]+}}, {{[0-9]+}}>
// CHECK:         memref.view %[[WORKSPACE]]
// CHECK:         memref.view %[[OUT3]][%{{.*}}][] : memref<?xi8> to memref<6xi8>
// CHECK:         %[[TO:.*]] = memref.view %[[OUT0]]
// CHECK:         memref.copy %[[X]], %[[TO]]
// CHECK:         memref.view %[[OUT1]]
// CHECK:         memref.copy
// CHECK:         memref.view %[[OUT2]]
// CHECK:         memref.copy
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @results(%x: memref<6xi8>) -> (memref<6xi8>, memref<6xi8>, memref<6xi8>, memref<2x3xi8>) {
  %a = memref.alloc() : memref<6xi8>
  %b = memref.alloc() : memref<6xi8>
  %e = memref.expand_shape %b [[0, 1]] output_shape [2, 3] : memref<6xi8> into memref<2x3xi8>
  return %x, %a, %a, %e : memref<6xi8>, memref<6xi8>, memref<6xi8>, memref<2x3xi8>
}

// -----

// What an iteration hands to the next is copied to a buffer before the loop,
// which lives as long as the loop and its result; the one of the iteration has
// its own. The largest size of all iterations counts.

// CHECK-LABEL: func.func @loop
// CHECK-SAME:    compress_cuda.lifetimes = array<i64: [[#LOOP:]], [[#]], [[#]], [[#]]>
// CHECK:         %[[CARRIED:.*]] = memref.view
// CHECK:         scf.for {{.*}} iter_args(%[[V:.*]] = %{{.*}})
// CHECK:           %[[NEW:.*]] = memref.view
// CHECK:           memref.copy %[[NEW]], %[[CARRIED]]
// CHECK:           scf.yield %[[CARRIED]]

// CHECK-LABEL: func.func @loop_measure
// CHECK:         scf.for
// CHECK:           %[[MOST:.*]] = memref.load
// CHECK:           arith.maxsi %{{.*}}, %[[MOST]]
module attributes {gpu.container_module} {
  func.func @loop(%x: memref<8xf32>, %n: index) -> memref<8xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%v = %x) -> memref<8xf32> {
      %a = memref.alloc() : memref<8xf32>
      gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%v : memref<8xf32>, %a : memref<8xf32>)
      scf.yield %a : memref<8xf32>
    }
    return %r : memref<8xf32>
  }
  gpu.module @kernels {
    gpu.func @k(%x: memref<8xf32>, %y: memref<8xf32>) kernel {
      gpu.return
    }
  }
}

// -----

// Of a branch, only what is taken has a size; its buffer lives on in the result.

// CHECK-LABEL: func.func @branch
// CHECK-SAME:    compress_cuda.lifetimes = array<i64: [[#]], [[END:[0-9]+]], {{[0-9]+}}, [[END]]>
module attributes {gpu.container_module} {
  func.func @branch(%x: memref<8xf32>, %c: i1) -> memref<4xf32> {
    %c1 = arith.constant 1 : index
    %r = scf.if %c -> memref<8xf32> {
      %a = memref.alloc() : memref<8xf32>
      gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<8xf32>, %a : memref<8xf32>)
      scf.yield %a : memref<8xf32>
    } else {
      %b = memref.alloc() : memref<8xf32>
      scf.yield %b : memref<8xf32>
    }
    %y = memref.alloc() : memref<4xf32>
    gpu.launch_func @kernels::@half blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%r : memref<8xf32>, %y : memref<4xf32>)
    return %y : memref<4xf32>
  }
  gpu.module @kernels {
    gpu.func @k(%x: memref<8xf32>, %y: memref<8xf32>) kernel {
      gpu.return
    }
    gpu.func @half(%x: memref<8xf32>, %y: memref<4xf32>) kernel {
      gpu.return
    }
  }
}

// -----

// What is in the memory of the host is read there, by the plan too.

// CHECK-LABEL: func.func @steps(
// CHECK-SAME:    %[[N:.*]]: memref<index> {compress_kernel.host}
// CHECK:         memref.load %[[N]][]
// CHECK-LABEL: func.func @steps_measure(
// CHECK-SAME:    %[[N:.*]]: memref<index> {compress_kernel.host}
// CHECK:         %[[SIZE:.*]] = memref.load %[[N]][]
// CHECK:         %[[VIEW:.*]] = memref.view %{{.*}}[%{{.*}}][%[[SIZE]]]
// CHECK:         %[[EXTENT:.*]] = memref.dim %[[VIEW]]
// CHECK:         memref.store %[[EXTENT]]
func.func @steps(%n: memref<index> {compress_kernel.host}) -> memref<?xi8> {
  %size = memref.load %n[] : memref<index>
  %y = memref.alloc(%size) : memref<?xi8>
  return %y : memref<?xi8>
}

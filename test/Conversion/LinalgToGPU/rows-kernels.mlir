// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels,canonicalize,cse)' \
// RUN:   | FileCheck %s

// Rows of a length that is not known have a kernel for each range of lengths: a warp
// or a block with the row in registers, or a block that reads it again. The grids of
// all but one are empty.

// CHECK-LABEL: func @dynamic
// CHECK:         %[[N:.*]] = arith.maxui %{{.*}}, %c1
// CHECK:         %[[WARP:.*]] = arith.divui %c512, %[[N]]
// CHECK:         %[[IS_WARP:.*]] = arith.minui %[[WARP]], %c1
// CHECK:         %[[WARPS:.*]] = arith.muli %{{.*}}, %[[IS_WARP]]
// CHECK:         gpu.launch_func @kernels::@dynamic_rows blocks in (%[[WARPS]], %c1, %c1) threads in (%c256, %c1, %c1)
// CHECK:         %[[BLOCK:.*]] = arith.divui %c8192, %[[N]]
// CHECK:         %[[FITS:.*]] = arith.minui %[[BLOCK]], %c1
// CHECK:         %[[IS_BLOCK:.*]] = arith.subi %[[FITS]], %[[IS_WARP]]
// CHECK:         gpu.launch_func @kernels::@dynamic_rows_0 {{.*}} threads in (%c512{{[_0-9]*}}, %c1, %c1)
// CHECK:         arith.subi %c1, %[[FITS]]
// CHECK:         gpu.launch_func @kernels::@dynamic_rows_1 {{.*}} threads in (%c512, %c1, %c1)

// CHECK-LABEL: gpu.func @dynamic_rows(
// CHECK-NOT:     scf.for
// CHECK-NOT:     gpu.barrier
// CHECK-COUNT-16: memref.load
// CHECK-NOT:     memref.load
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK-COUNT-16: memref.store
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @dynamic_rows_0(
// CHECK-SAME:    workgroup(%[[PARTS:.*]] : memref<16xf32, #gpu.address_space<workgroup>>)
// CHECK-NOT:     scf.for
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK:         memref.store %{{.*}}, %[[PARTS]]
// CHECK:         gpu.barrier
// CHECK:         memref.load %[[PARTS]]
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @dynamic_rows_1(
// CHECK:         scf.for {{.*}} iter_args
// CHECK:         gpu.barrier
// CHECK:         scf.for
// CHECK:           memref.store
// CHECK:         gpu.return
func.func @dynamic(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = compress_kernel.row_reduce addf %a over [1] : f32
    %c = arith.subf %a, %s : f32
    linalg.yield %c : f32
  }
  return
}

// -----

// A sum of f16 is formed in f32. Rows that a part of a warp holds share it.

// CHECK-LABEL: gpu.func @narrow_rows(
// CHECK:         arith.divui %thread_id_x, %c8
// CHECK:         llvm.load {{.*}} -> vector<2xf16>
// CHECK:         arith.extf {{.*}} : f16 to f32
// CHECK-COUNT-3: gpu.shuffle xor {{.*}} : f32
// CHECK-NOT:     gpu.shuffle
// CHECK:         arith.truncf {{.*}} : f32 to f16
func.func @narrow(%x: memref<100x10xf16>, %y: memref<100xf16>) {
  linalg.reduce ins(%x : memref<100x10xf16>) outs(%y : memref<100xf16>) dimensions = [1]
    (%a: f16, %acc: f16) {
      %0 = arith.addf %a, %acc : f16
      linalg.yield %0 : f16
    }
  return
}

// -----

// Blocks share one long sum, and another kernel adds their results.

// CHECK-LABEL: func @split
// CHECK:         %[[PARTS:.*]] = memref.alloc() : memref<122xf32>
// CHECK:         gpu.launch_func @kernels::@split_rows blocks in (%c122, %c1, %c1)
// CHECK:         gpu.launch_func @kernels::@split_rows_0 blocks in (%c1, %c1, %c1)
func.func @split(%x: memref<1000000xf32>, %y: memref<f32>) {
  linalg.reduce ins(%x : memref<1000000xf32>) outs(%y : memref<f32>) dimensions = [0]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  return
}

// -----

// Sums of columns: lanes have neighbouring columns, 16 bytes each, and the rows of
// the threads meet in shared memory.

// CHECK-LABEL: gpu.func @columns_columns(
// CHECK-SAME:    workgroup(%[[SUMS:.*]] : memref<4x8x32xf32, #gpu.address_space<workgroup>>)
// CHECK:         scf.for %{{.*}} step %c8 iter_args(
// CHECK:           llvm.load {{.*}} -> vector<4xf32>
// CHECK-COUNT-4: memref.store %{{.*}}, %[[SUMS]]
// CHECK:         gpu.barrier
// CHECK:         memref.load %[[SUMS]]
// CHECK:         llvm.store {{.*}} : vector<4xf32>
func.func @columns(%x: memref<200x128xf32>, %y: memref<128xf32>) {
  linalg.reduce ins(%x : memref<200x128xf32>) outs(%y : memref<128xf32>) dimensions = [0]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  return
}

// -----

// A transposition goes through a tile whose lines are an odd number of banks.

// CHECK-LABEL: gpu.func @transposed_transpose(
// CHECK-SAME:    workgroup(%[[TILE:.*]] : memref<32x34xf16, #gpu.address_space<workgroup>>)
// CHECK:         memref.store %{{.*}}, %[[TILE]][%{{.*}}, %[[LANE:.*]]]
// CHECK:         gpu.barrier
// CHECK:         memref.load %[[TILE]][%[[LANE]], %{{.*}}]
func.func @transposed(%x: memref<?x50xf16>, %y: memref<50x?xf16>) {
  linalg.transpose ins(%x : memref<?x50xf16>) outs(%y : memref<50x?xf16>) permutation = [1, 0]
  return
}

// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{tile-rows=2 tile-columns=1},canonicalize,cse)' \
// RUN:   | FileCheck %s

// A contraction with a decode in its body. The host computes the grid: 256
// threads are 32 columns by 8 rows, here of one column and two rows each. The
// kernel starts its accumulators with the value of the fill, whose launch is
// gone, and both rows of a thread share the decoded weight.

// CHECK-LABEL: func @tile
// CHECK-SAME:    (%[[X:.*]]: memref<?x64xf32>, %[[W:.*]]: memref<64x40xi8>)
// CHECK:         %[[M:.*]] = memref.dim %[[X]]
// CHECK-NOT:     memref<64x40xf32>
// CHECK:         %[[ROWS:.*]] = arith.ceildivui %[[M]], %c16
// CHECK:         %[[BLOCKS:.*]] = arith.muli %[[ROWS]], %c2
// CHECK:         gpu.launch_func @kernels::@tile_tile blocks in (%[[BLOCKS]], %c1, %c1)
// CHECK-SAME:      threads in (%c256, %c1, %c1)
// CHECK-SAME:      args(%{{.*}} : memref<f32>, %[[M]] : index, %{{.*}} : memref<f32>, %{{.*}} : memref<i8>)
// CHECK-NOT:     gpu.launch_func
// CHECK:         return

// CHECK:         gpu.func @tile_tile
// CHECK-SAME:      known_block_size = array<i32: 256, 1, 1>
// CHECK:           %[[ZERO:.*]] = arith.constant 0.0
// CHECK:           scf.for {{.*}} iter_args(%[[A0:.*]] = %[[ZERO]], %[[A1:.*]] = %[[ZERO]])
// CHECK:             %[[X0:.*]] = memref.load {{.*}} : memref<?x64xf32
// CHECK:             %[[Q:.*]] = memref.load {{.*}} : memref<64x40xi8
// CHECK:             %[[F:.*]] = arith.sitofp %[[Q]]
// CHECK:             %[[P0:.*]] = arith.mulf %[[X0]], %[[F]]
// CHECK:             %[[S0:.*]] = arith.addf %[[A0]], %[[P0]]
// CHECK-NOT:         memref<64x40xi8
// CHECK:             %[[X1:.*]] = memref.load {{.*}} : memref<?x64xf32
// CHECK:             %[[P1:.*]] = arith.mulf %[[X1]], %[[F]]
// CHECK:             %[[S1:.*]] = arith.addf %[[A1]], %[[P1]]
// CHECK:             scf.yield %[[S0]], %[[S1]]
// CHECK:           scf.if
// CHECK:             memref.store
// CHECK:           scf.if
// CHECK:             memref.store
func.func @tile(%x: memref<?x64xf32>, %w: memref<64x40xi8>) -> memref<?x40xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = memref.dim %x, %c0 : memref<?x64xf32>
  %y = memref.alloc(%m) : memref<?x40xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<?x40xf32>)
  linalg.generic {
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x40xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %n = linalg.index 1 : index
    %k = linalg.index 2 : index
    %q = memref.load %w[%k, %n] : memref<64x40xi8>
    %f = arith.sitofp %q : i8 to f32
    %p = arith.mulf %in, %f : f32
    %s = arith.addf %acc, %p : f32
    linalg.yield %s : f32
  }
  return %y : memref<?x40xf32>
}

// -----

// A fill that something reads before the accumulation keeps its launch, and the
// accumulation starts with what the buffer holds.

// CHECK-LABEL: func @fill_is_read
// CHECK:         gpu.launch_func @kernels::@[[COPY:fill_is_read_point[_0-9]*]]
// CHECK:         gpu.launch_func @kernels::@fill_is_read_rows
// CHECK:         gpu.func @fill_is_read_rows
// CHECK:           gpu.shuffle
// CHECK:           %[[OLD:.*]] = memref.load {{.*}} : memref<4xf32
// CHECK:           arith.addf %[[OLD]]
func.func @fill_is_read(%x: memref<4x64xf32>, %z: memref<4xf32>) -> memref<4xf32> {
  %zero = arith.constant 0.0 : f32
  %y = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<4xf32>)
  memref.copy %y, %z : memref<4xf32> to memref<4xf32>
  linalg.generic {
      indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<4x64xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %s = arith.addf %acc, %in : f32
    linalg.yield %s : f32
  }
  return %y : memref<4xf32>
}

// -----

// A row reduction: a warp for each row, eight rows a block, 16 bytes a lane, five
// shuffles.

// CHECK-LABEL: func @row
// CHECK:         gpu.launch_func @kernels::@row_rows blocks in (%c2, %c1, %c1)
// CHECK:         gpu.func @row_rows
// CHECK:           %[[LOW:.*]] = arith.constant 0xFF800000 : f32
// CHECK:           %[[LANE:.*]] = arith.remui %thread_id_x, %c32
// CHECK:           scf.if
// CHECK:             %[[FIRST:.*]] = arith.muli %[[LANE]], %c4
// CHECK:             %[[INSIDE:.*]] = arith.cmpi ult, %[[FIRST]], %c100
// CHECK:             llvm.load {{.*}} {alignment = 16 : i64} : {{.*}} -> vector<4xf32>
// CHECK:             arith.select %[[INSIDE]], %{{.*}}, %[[LOW]]
// CHECK:             arith.maximumf
// CHECK-COUNT-5:     gpu.shuffle xor
// CHECK-NOT:         gpu.shuffle
// CHECK:             scf.if
// CHECK:               memref.store
func.func @row(%x: memref<16x100xf32>) -> memref<16xf32> {
  %low = arith.constant 0xFF800000 : f32
  %y = memref.alloc() : memref<16xf32>
  linalg.fill ins(%low : f32) outs(%y : memref<16xf32>)
  linalg.generic {
      indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<16x100xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %s = arith.maximumf %acc, %in : f32
    linalg.yield %s : f32
  }
  return %y : memref<16xf32>
}

// -----

// Equal kernels are shared. Elements are moved by 16 bytes, whatever the
// dimensions; what is left at the end is less.

// CHECK-LABEL: func @point
// CHECK-COUNT-2: gpu.launch_func @kernels::@point_point blocks
// CHECK:         gpu.func @point_point
// CHECK:           %[[GRID:.*]] = gpu.grid_dim x
// CHECK:           %[[STEP:.*]] = arith.muli %[[GRID]], %c256
// CHECK:           %[[TOTAL:.*]] = arith.muli %{{.*}}, %c7
// CHECK:           %[[COUNT:.*]] = arith.ceildivui %[[TOTAL]], %c4
// CHECK:           scf.for %{{.*}} to %[[COUNT]] step %[[STEP]]
// CHECK:             %[[WHOLE:.*]] = arith.cmpi ule, %{{.*}}, %[[TOTAL]]
// CHECK:             scf.if %[[WHOLE]]
// CHECK:               llvm.load {{.*}} -> vector<4xf32>
// CHECK-COUNT-4:       math.exp
// CHECK:               llvm.store {{.*}} : vector<4xf32>
// CHECK:             } else {
// CHECK:               scf.for
// CHECK:                 memref.store
// CHECK-NOT:     gpu.func
func.func @point(%a: memref<?x7xf32>, %b: memref<?x7xf32>) {
  linalg.exp ins(%a : memref<?x7xf32>) outs(%b : memref<?x7xf32>)
  linalg.exp ins(%b : memref<?x7xf32>) outs(%a : memref<?x7xf32>)
  return
}

// -----

// A strided view is passed with its offset and its outer stride.

// CHECK-LABEL: func @strided
// CHECK:         gpu.launch_func {{.*}} args(%{{.*}} : memref<f32>, %{{.*}} : index, %{{.*}} : index, %{{.*}} : memref<f32>)
// CHECK:         gpu.func @strided_point(%[[BASE:.*]]: memref<f32>, %[[OFFSET:.*]]: index, %[[STRIDE:.*]]: index,
// CHECK:           memref.reinterpret_cast %[[BASE]] to offset: [%[[OFFSET]]], sizes: [4, 4], strides: [%[[STRIDE]], 1]
func.func @strided(%a: memref<4x4xf32, strided<[?, 1], offset: ?>>, %b: memref<4x4xf32>) {
  memref.copy %a, %b : memref<4x4xf32, strided<[?, 1], offset: ?>> to memref<4x4xf32>
  return
}

// -----

// A convolution is a kernel like a contraction: its rows' indices move by the
// stride, and the window's position is added.

// CHECK-LABEL: gpu.func @conv_tile
// CHECK:         scf.for %[[K:.*]] = %c0 to %c3
// CHECK:           scf.for %[[C:.*]] = %c0 to %c4
// CHECK:             %[[ROW:.*]] = arith.muli %{{.*}}, %c2
// CHECK:             %[[AT:.*]] = arith.addi %[[ROW]], %[[K]]
// CHECK:             memref.load %{{.*}}[%{{.*}}, %[[AT]], %[[C]]] : memref<2x9x4xf32
// CHECK:             memref.load %{{.*}}[%[[K]], %[[C]], %{{.*}}] : memref<3x4x5xf32
func.func @conv(%x: memref<2x9x4xf32>, %w: memref<3x4x5xf32>, %y: memref<2x4x5xf32>) {
  linalg.conv_1d_nwc_wcf {strides = dense<2> : tensor<1xi64>} ins(%x, %w : memref<2x9x4xf32>, memref<3x4x5xf32>) outs(%y : memref<2x4x5xf32>)
  return
}

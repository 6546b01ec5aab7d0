// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels,canonicalize,cse)' \
// RUN:   | FileCheck %s
// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{tensor-cores=false})' \
// RUN:   | FileCheck %s --check-prefix=SCALAR
// SCALAR-NOT: nvvm.mma.sync

// Three stages of 128x64 and 64x128 elements: B lies across K, so that its lines
// are along N, and its fragments are loaded transposed. Two stages are on their
// way before the loop, which waits for all but one.

// CHECK-LABEL: func @plain
// CHECK:         %[[BYTES:.*]] = arith.constant 98304 : i32
// CHECK:         gpu.launch_func @kernels::@plain_mma blocks in (%c6, %c1, %c1)
// CHECK-SAME:      threads in (%c256, %c1, %c1) dynamic_shared_memory_size %[[BYTES]]
// CHECK:         llvm.mlir.global external @shared_memory() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
// CHECK:         gpu.func @plain_mma
// CHECK-SAME:      known_block_size = array<i32: 256, 1, 1>
// CHECK-COUNT-8:   nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg, %{{.*}}
// CHECK:           nvvm.cp.async.commit.group
// CHECK-COUNT-8:   nvvm.cp.async.shared.global
// CHECK:           nvvm.cp.async.commit.group
// CHECK:           scf.for {{.*}} -> (f32, f32,
// CHECK-NEXT:        nvvm.cp.async.wait.group 1
// CHECK-NEXT:        nvvm.barrier
// CHECK-COUNT-8:     nvvm.cp.async.shared.global
// CHECK:             nvvm.cp.async.commit.group
// CHECK:             nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<row>
// CHECK:             nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<col>
// CHECK:             nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>} : (vector<2xf16>, vector<2xf16>, f32)
// CHECK:             scf.yield
// CHECK:           nvvm.cp.async.wait.group 0
// Pairs of neighbours are stored together.
// CHECK:           llvm.store %{{.*}} : vector<2xf32>, !llvm.ptr<1>
func.func @plain(%a: memref<300x256xf16>, %b: memref<256x200xf16>) -> memref<300x200xf32> {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<300x200xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<300x200xf32>)
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>}
      ins(%a, %b : memref<300x256xf16>, memref<256x200xf16>) outs(%c : memref<300x200xf32>)
  return %c : memref<300x200xf32>
}

// -----

// At most 16 rows: tiles of 16, and one row of warps. Lines of 66 elements begin at
// multiples of four bytes; both operands are along K; results are single elements,
// whose lines are odd.

// CHECK-LABEL: func @narrow
// CHECK:         gpu.launch_func @kernels::@narrow_mma blocks in (%c2, %c1, %c1) threads in (%c128, %c1, %c1)
// CHECK:         gpu.func @narrow_mma
// CHECK:           nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 4, cache = ca, %{{.*}}
// CHECK-NOT:       #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape
// CHECK:           nvvm.mma.sync {{.*}} : (i32, i32, f32)
// CHECK:           llvm.store %{{.*}} : bf16, !llvm.ptr<1>
func.func @narrow(%a: memref<8x66xbf16>, %b: memref<131x66xbf16>) -> memref<8x131xbf16> {
  %zero = arith.constant 0.0 : bf16
  %c = memref.alloc() : memref<8x131xbf16>
  linalg.fill ins(%zero : bf16) outs(%c : memref<8x131xbf16>)
  linalg.generic {
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"],
      compress_kernel.schedule = #compress_kernel.mma_sync<tile = [16, 128, 64], warps = [1, 4], stages = 3>}
      ins(%a, %b : memref<8x66xbf16>, memref<131x66xbf16>) outs(%c : memref<8x131xbf16>) {
  ^bb0(%x: bf16, %w: bf16, %acc: bf16):
    %p = arith.mulf %x, %w : bf16
    %s = arith.addf %p, %acc : bf16
    linalg.yield %s : bf16
  }
  return %c : memref<8x131xbf16>
}

// -----

// Lines of any length begin anywhere: elements are copied one by one, in a loop, and
// not by cp.async.

// CHECK-LABEL: func @anywhere
// CHECK:         gpu.func @anywhere_mma
// CHECK-NOT:       nvvm.cp.async.shared.global
// CHECK:           scf.for {{.*}} : i32 {
// CHECK:             scf.if
// CHECK:               llvm.load %{{.*}} : !llvm.ptr<1> -> i16
// CHECK:             llvm.store %{{.*}} : i16, !llvm.ptr<3>
// CHECK:           nvvm.cp.async.commit.group
// CHECK-NOT:       nvvm.cp.async.shared.global
// CHECK:           nvvm.mma.sync
func.func @anywhere(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %c: memref<?x?xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>}
      ins(%a, %b : memref<?x?xf16>, memref<?x?xf16>) outs(%c : memref<?x?xf32>)
  return
}

// -----

// A weight that the body decodes is computed into shared memory; only the other
// operand is copied. K is a multiple of a tile's, so that no element is guarded.

// CHECK-LABEL: func @decoded
// CHECK:         gpu.func @decoded_mma
// CHECK:           nvvm.cp.async.shared.global
// CHECK:           scf.for
// CHECK-COUNT-8:     arith.sitofp %{{.*}} : i8 to f16
// CHECK-NOT:         arith.sitofp
// CHECK:             llvm.store %{{.*}} : vector<8xf16>, !llvm.ptr<3>
// CHECK:           nvvm.mma.sync
func.func @decoded(%a: memref<?x128xf16>, %q: memref<128x64xi8>, %scale: memref<64xf16>, %c: memref<?x64xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (n)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"],
      compress_kernel.schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>}
      ins(%a, %q, %scale : memref<?x128xf16>, memref<128x64xi8>, memref<64xf16>) outs(%c : memref<?x64xf32>) {
  ^bb0(%x: f16, %w: i8, %s: f16, %acc: f32):
    %f = arith.sitofp %w : i8 to f16
    %d = arith.mulf %f, %s : f16
    %xe = arith.extf %x : f16 to f32
    %we = arith.extf %d : f16 to f32
    %p = arith.mulf %xe, %we : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// Left to kernels without tensor cores: f32, and a product that is not added.

// CHECK-LABEL: func @left
// CHECK:         gpu.launch_func @kernels::@left_tile
// CHECK:         gpu.launch_func @kernels::@left_tile
// CHECK-NOT:     nvvm.mma.sync
func.func @left(%f: memref<64x64xf32>, %h: memref<64x64xf16>, %c: memref<64x64xf32>) {
  linalg.matmul ins(%f, %f : memref<64x64xf32>, memref<64x64xf32>) outs(%c : memref<64x64xf32>)
  linalg.generic {
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%h, %h : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f16, %y: f16, %acc: f32):
    %xe = arith.extf %x : f16 to f32
    %ye = arith.extf %y : f16 to f32
    %p = arith.mulf %xe, %ye : f32
    %r = arith.maximumf %acc, %p : f32
    linalg.yield %r : f32
  }
  return
}

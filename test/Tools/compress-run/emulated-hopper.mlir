// Bulk copies, an mbarrier and wgmma, written by hand, compute what the reference
// does; lost waits are found.

// RUN: split-file %s %t
// RUN: compress-run %t/kernel.mlir --entry=product --target=emulated \
// RUN:   --chip=sm_90a --reference=%t/reference.mlir | FileCheck %s
// RUN: compress-run %t/kernel.mlir --entry=product --target=emulated \
// RUN:   --chip=sm_90a --checks=false --reference=%t/reference.mlir | FileCheck %s
// CHECK: out0 {{.*}} 1.00000000 100.00%

// RUN: sed 's/nvvm.mbarrier.try_wait.parity .*//' %t/kernel.mlir > %t/full.mlir
// RUN: not compress-run %t/full.mlir --entry=product --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=FULL
// FULL: error: {{.*}}full.mlir:[[#]]:{{[0-9]+}}: 'nvvm.wgmma.mma_async': copy in flight: read of 0x{{.*}}, expected the copy's wait before the access; kernel 'product', block (0,0,0), thread ({{[0-9]+}},0,0); the other access: {{.*}}full.mlir:[[#]]:{{[0-9]+}}: 'nvvm.cp.async.bulk.shared.cluster.global' by thread

// RUN: sed 's/nvvm.wgmma.wait.*//' %t/kernel.mlir > %t/wait.mlir
// RUN: not compress-run %t/wait.mlir --entry=product --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=WAIT
// WAIT: error: {{.*}}wait.mlir:[[#]]:{{[0-9]+}}: 'llvm.extractvalue': wgmma in flight: a read of its accumulator, expected a commit and the wait before the access; kernel 'product', block (0,0,0), thread

// RUN: sed 's/nvvm.wgmma.fence.*//' %t/kernel.mlir > %t/fence.mlir
// RUN: not compress-run %t/fence.mlir --entry=product --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=FENCE
// FENCE: 'nvvm.wgmma.mma_async': wgmma: registers that the thread may have changed since the last wait, expected a wgmma.fence before

//--- reference.mlir
func.func @product(%x: tensor<64x16xf16>, %w: tensor<8x16xf16>) -> tensor<64x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x8xf32>) -> tensor<64x8xf32>
  // The product is added three times.
  %three = arith.constant 3.0 : f32
  %0 = linalg.generic {
    indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %w : tensor<64x16xf16>, tensor<8x16xf16>) outs(%fill : tensor<64x8xf32>) {
  ^bb0(%a: f16, %b: f16, %d: f32):
    %aw = arith.extf %a : f16 to f32
    %bw = arith.extf %b : f16 to f32
    %p = arith.mulf %aw, %bw : f32
    %t = arith.mulf %p, %three : f32
    %s = arith.addf %d, %t : f32
    linalg.yield %s : f32
  } -> tensor<64x8xf32>
  return %0 : tensor<64x8xf32>
}

//--- kernel.mlir
module attributes {gpu.container_module} {
  func.func @product(%x: tensor<64x16xf16>, %w: tensor<8x16xf16>) -> tensor<64x8xf32> {
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %xb = bufferization.to_buffer %x read_only : tensor<64x16xf16> to memref<64x16xf16>
    %wb = bufferization.to_buffer %w read_only : tensor<8x16xf16> to memref<8x16xf16>
    %out = memref.alloc() : memref<64x8xf32>
    %a = memref.reinterpret_cast %xb to offset: [0], sizes: [], strides: [] : memref<64x16xf16> to memref<f16>
    %b = memref.reinterpret_cast %wb to offset: [0], sizes: [], strides: [] : memref<8x16xf16> to memref<f16>
    %d = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<64x8xf32> to memref<f32>
    gpu.launch_func @kernels::@product blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%a : memref<f16>, %b : memref<f16>, %d : memref<f32>)
    %r = bufferization.to_tensor %out restrict : memref<64x8xf32> to tensor<64x8xf32>
    return %r : tensor<64x8xf32>
  }

  gpu.module @kernels {
    // Core matrices of 8 rows of 16 bytes: of A 1024 bytes for each half of k, of B 128.
    llvm.mlir.global internal @operands() {addr_space = 3 : i32, alignment = 128 : i64} : !llvm.array<2304 x i8>
    llvm.mlir.global internal @full() {addr_space = 3 : i32, alignment = 8 : i64} : i64
    llvm.func @product(%x: !llvm.ptr<1>, %w: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %c0 = llvm.mlir.constant(0 : i32) : i32
      %c1 = llvm.mlir.constant(1 : i32) : i32
      %c2 = llvm.mlir.constant(2 : i32) : i32
      %c3 = llvm.mlir.constant(3 : i32) : i32
      %c4 = llvm.mlir.constant(4 : i32) : i32
      %c16 = llvm.mlir.constant(16 : i32) : i32
      %c32 = llvm.mlir.constant(32 : i32) : i32
      %c128 = llvm.mlir.constant(128 : i32) : i32
      %c1024 = llvm.mlir.constant(1024 : i32) : i32
      %c2048 = llvm.mlir.constant(2048 : i32) : i32
      %bytes = llvm.mlir.constant(2304 : i32) : i32
      %ticks = llvm.mlir.constant(1000 : i32) : i32
      %zero = llvm.mlir.constant(0.0 : f32) : f32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %operands = llvm.mlir.addressof @operands : !llvm.ptr<3>
      %full = llvm.mlir.addressof @full : !llvm.ptr<3>
      %isFirst = llvm.icmp "eq" %tid, %c0 : i32
      llvm.cond_br %isFirst, ^init, ^ready
    ^init:
      nvvm.mbarrier.init %full, %c1 : !llvm.ptr<3>, i32
      nvvm.mbarrier.arrive.expect_tx %full, %bytes : !llvm.ptr<3>, i32
      llvm.br ^ready
    ^ready:
      nvvm.barrier
      // Each thread copies half a row of A, and the first 16 one of B.
      %row = llvm.lshr %tid, %c1 : i32
      %half = llvm.and %tid, %c1 : i32
      %at = llvm.mul %tid, %c16 : i32
      %rowByte = llvm.mul %row, %c16 : i32
      %halfA = llvm.mul %half, %c1024 : i32
      %byteA = llvm.add %halfA, %rowByte : i32
      %toA = llvm.getelementptr %operands[%byteA] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
      %fromA = llvm.getelementptr %x[%at] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
      nvvm.cp.async.bulk.shared.cluster.global %toA, %fromA, %full, %c16 : !llvm.ptr<3>, !llvm.ptr<1>
      %hasB = llvm.icmp "ult" %tid, %c16 : i32
      llvm.cond_br %hasB, ^copy, ^multiply
    ^copy:
      %halfB = llvm.mul %half, %c128 : i32
      %inB = llvm.add %halfB, %rowByte : i32
      %byteB = llvm.add %inB, %c2048 : i32
      %toB = llvm.getelementptr %operands[%byteB] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
      %fromB = llvm.getelementptr %w[%at] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
      nvvm.cp.async.bulk.shared.cluster.global %toB, %fromB, %full, %c16 : !llvm.ptr<3>, !llvm.ptr<1>
      llvm.br ^multiply
    ^multiply:
      nvvm.mbarrier.try_wait.parity %full, %c0, %ticks : !llvm.ptr<3>, i32, i32
      %address = llvm.ptrtoint %operands : !llvm.ptr<3> to i64
      %window = llvm.mlir.constant(262143 : i64) : i64
      %four = llvm.mlir.constant(4 : i64) : i64
      %low = llvm.and %address, %window : i64
      %start = llvm.lshr %low, %four : i64
      // Leading and stride byte offsets: 1024 and 128 for A, 128 and 128 for B,
      // which begins 2048 bytes after A.
      %strideA = llvm.mlir.constant(34363932672 : i64) : i64
      %strideB = llvm.mlir.constant(34360262784 : i64) : i64
      %descA = llvm.or %start, %strideA : i64
      %descB = llvm.add %start, %strideB : i64
      %undef = llvm.mlir.undef : !llvm.struct<(f32, f32, f32, f32)>
      %z0 = llvm.insertvalue %zero, %undef[0] : !llvm.struct<(f32, f32, f32, f32)>
      %z1 = llvm.insertvalue %zero, %z0[1] : !llvm.struct<(f32, f32, f32, f32)>
      %z2 = llvm.insertvalue %zero, %z1[2] : !llvm.struct<(f32, f32, f32, f32)>
      %z3 = llvm.insertvalue %zero, %z2[3] : !llvm.struct<(f32, f32, f32, f32)>
      llvm.br ^loop(%c0, %z3 : i32, !llvm.struct<(f32, f32, f32, f32)>)
    ^loop(%i: i32, %d: !llvm.struct<(f32, f32, f32, f32)>):
      nvvm.wgmma.fence.aligned
      %next = nvvm.wgmma.mma_async %descA, %descB, %d, <m = 64, n = 8, k = 16>,
        D[<f32>, <one>], A[<f16>, <one>, <row>], B[<f16>, <one>, <col>]
        : !llvm.struct<(f32, f32, f32, f32)> -> !llvm.struct<(f32, f32, f32, f32)>
      nvvm.wgmma.commit.group.sync.aligned
      nvvm.wgmma.wait.group.sync.aligned 0
      %j = llvm.add %i, %c1 : i32
      %more = llvm.icmp "ult" %j, %c3 : i32
      llvm.cond_br %more, ^loop(%j, %next : i32, !llvm.struct<(f32, f32, f32, f32)>), ^store
    ^store:
      // Row 16 * (tid / 32) + tid % 32 / 4 and 8 below; columns 2 * (tid % 4) and the next.
      %lane = llvm.urem %tid, %c32 : i32
      %warp = llvm.udiv %tid, %c32 : i32
      %group = llvm.udiv %lane, %c4 : i32
      %inGroup = llvm.urem %lane, %c4 : i32
      %warpRow = llvm.mul %warp, %c16 : i32
      %outRow = llvm.add %warpRow, %group : i32
      %c8 = llvm.mlir.constant(8 : i32) : i32
      %first = llvm.mul %outRow, %c8 : i32
      %column = llvm.mul %inGroup, %c2 : i32
      %place = llvm.add %first, %column : i32
      %to = llvm.getelementptr %out[%place] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %d0 = llvm.extractvalue %next[0] : !llvm.struct<(f32, f32, f32, f32)>
      %d1 = llvm.extractvalue %next[1] : !llvm.struct<(f32, f32, f32, f32)>
      %d2 = llvm.extractvalue %next[2] : !llvm.struct<(f32, f32, f32, f32)>
      %d3 = llvm.extractvalue %next[3] : !llvm.struct<(f32, f32, f32, f32)>
      llvm.store %d0, %to : f32, !llvm.ptr<1>
      %to1 = llvm.getelementptr %to[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d1, %to1 : f32, !llvm.ptr<1>
      %to2 = llvm.getelementptr %to[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d2, %to2 : f32, !llvm.ptr<1>
      %to3 = llvm.getelementptr %to[65] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d3, %to3 : f32, !llvm.ptr<1>
      llvm.return
    }
  }
}

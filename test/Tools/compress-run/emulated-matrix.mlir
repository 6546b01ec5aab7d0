// Matrix products that the NVVM dialect lacks, in kernels written by hand, compute what the
// reference does: floats of 8 bits, and sparse rows. Wrong metadata and lost waits are found.

// RUN: split-file %s %t
// RUN: compress-run %t/kernel.mlir --entry=small --target=emulated --chip=sm_89 \
// RUN:   --reference=%t/reference.mlir | FileCheck %s
// RUN: compress-run %t/kernel.mlir --entry=sparse --target=emulated --chip=sm_90a \
// RUN:   --reference=%t/reference.mlir | FileCheck %s
// CHECK: out0 {{.*}} 1.00000000 100.00%

// Both elements of the last four of a row at place 0.
// RUN: sed 's/1313754702/240012878/' %t/kernel.mlir > %t/metadata.mlir
// RUN: not compress-run %t/metadata.mlir --entry=sparse --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=METADATA
// METADATA: error: {{.*}}metadata.mlir:[[#]]:{{[0-9]+}}: 'compress_kernel.wgmma_sp': wgmma.sp: metadata 0xe4e4e4e, expected places of different elements, in order, in each nibble; kernel 'sparse', block (0,0,0), thread ({{[0-9]+}},0,0)

// RUN: sed 's/compress_kernel.wgmma_wait/llvm.freeze/' %t/kernel.mlir > %t/wait.mlir
// RUN: not compress-run %t/wait.mlir --entry=sparse --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=WAIT
// WAIT: wgmma in flight: a read of its accumulator, expected a commit and the wait before the access

// RUN: sed 's/nvvm.wgmma.fence.*//' %t/kernel.mlir > %t/fence.mlir
// RUN: not compress-run %t/fence.mlir --entry=sparse --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=FENCE
// FENCE: 'compress_kernel.wgmma_sp': wgmma: registers that the thread may have changed since the last wait, expected a wgmma.fence before

// RUN: sed 's/nvvm.fence.proxy.*//' %t/kernel.mlir > %t/proxy.mlir
// RUN: not compress-run %t/proxy.mlir --entry=sparse --target=emulated \
// RUN:   --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=PROXY
// PROXY: 'compress_kernel.wgmma_sp': read by the async proxy after a generic write

//--- reference.mlir
// Bytes give a sign and a significand of numbers from 1/2 to 1.
func.func @small(%x: tensor<16x32xi8>, %w: tensor<8x32xi8>) -> tensor<16x8xf32> {
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0 : i8
  %three = arith.constant 3 : i8
  %seven = arith.constant 7 : i8
  %eighth = arith.constant 0.0625 : f32
  %quarter = arith.constant 0.125 : f32
  %half = arith.constant 0.5 : f32
  %empty = tensor.empty() : tensor<16x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x8xf32>) -> tensor<16x8xf32>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %w : tensor<16x32xi8>, tensor<8x32xi8>) outs(%fill : tensor<16x8xf32>) {
  ^bb0(%a: i8, %b: i8, %d: f32):
    %am = arith.andi %a, %seven : i8
    %af = arith.uitofp %am : i8 to f32
    %as = arith.mulf %af, %eighth : f32
    %av = arith.addf %as, %half : f32
    %bm = arith.andi %b, %three : i8
    %bf = arith.uitofp %bm : i8 to f32
    %bs = arith.mulf %bf, %quarter : f32
    %bv = arith.addf %bs, %half : f32
    %p = arith.mulf %av, %bv : f32
    %signs = arith.xori %a, %b : i8
    %isNegative = arith.cmpi slt, %signs, %none : i8
    %n = arith.negf %p : f32
    %t = arith.select %isNegative, %n, %p : f32
    %s = arith.addf %d, %t : f32
    linalg.yield %s : f32
  } -> tensor<16x8xf32>
  return %0 : tensor<16x8xf32>
}

// Of the first four of each eight columns the last two are kept, of the others the first.
func.func @sparse(%x: tensor<64x16xf16>, %w: tensor<8x32xf16>) -> tensor<64x8xf32> {
  %range = tensor.empty() : tensor<4x4xf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x8xf32>) -> tensor<64x8xf32>
  %0 = linalg.generic {
    indexing_maps = [affine_map<(i, j, c, k) -> (i, c * 4 + k)>, affine_map<(i, j, c, k) -> (j, c * 8 + k + 2)>,
                     affine_map<(i, j, c, k) -> (c, k)>, affine_map<(i, j, c, k) -> (i, j)>],
    iterator_types = ["parallel", "parallel", "reduction", "reduction"]
  } ins(%x, %w, %range : tensor<64x16xf16>, tensor<8x32xf16>, tensor<4x4xf16>) outs(%fill : tensor<64x8xf32>) {
  ^bb0(%a: f16, %b: f16, %r: f16, %d: f32):
    %aw = arith.extf %a : f16 to f32
    %bw = arith.extf %b : f16 to f32
    %p = arith.mulf %aw, %bw : f32
    %s = arith.addf %d, %p : f32
    linalg.yield %s : f32
  } -> tensor<64x8xf32>
  return %0 : tensor<64x8xf32>
}

//--- kernel.mlir
!sums = !llvm.struct<(f32, f32, f32, f32)>

module attributes {gpu.container_module} {
  func.func @small(%x: tensor<16x32xi8>, %w: tensor<8x32xi8>) -> tensor<16x8xf32> {
    %c1 = arith.constant 1 : index
    %threads = arith.constant 32 : index
    %xb = bufferization.to_buffer %x read_only : tensor<16x32xi8> to memref<16x32xi8>
    %wb = bufferization.to_buffer %w read_only : tensor<8x32xi8> to memref<8x32xi8>
    %out = memref.alloc() : memref<16x8xf32>
    %a = memref.reinterpret_cast %xb to offset: [0], sizes: [], strides: [] : memref<16x32xi8> to memref<i8>
    %b = memref.reinterpret_cast %wb to offset: [0], sizes: [], strides: [] : memref<8x32xi8> to memref<i8>
    %d = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<16x8xf32> to memref<f32>
    gpu.launch_func @kernels::@small blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%a : memref<i8>, %b : memref<i8>, %d : memref<f32>)
    %r = bufferization.to_tensor %out restrict : memref<16x8xf32> to tensor<16x8xf32>
    return %r : tensor<16x8xf32>
  }

  func.func @sparse(%x: tensor<64x16xf16>, %w: tensor<8x32xf16>) -> tensor<64x8xf32> {
    %c1 = arith.constant 1 : index
    %threads = arith.constant 128 : index
    %xb = bufferization.to_buffer %x read_only : tensor<64x16xf16> to memref<64x16xf16>
    %wb = bufferization.to_buffer %w read_only : tensor<8x32xf16> to memref<8x32xf16>
    %out = memref.alloc() : memref<64x8xf32>
    %a = memref.reinterpret_cast %xb to offset: [0], sizes: [], strides: [] : memref<64x16xf16> to memref<f16>
    %b = memref.reinterpret_cast %wb to offset: [0], sizes: [], strides: [] : memref<8x32xf16> to memref<f16>
    %d = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<64x8xf32> to memref<f32>
    gpu.launch_func @kernels::@sparse blocks in (%c1, %c1, %c1) threads in (%threads, %c1, %c1)
      args(%a : memref<f16>, %b : memref<f16>, %d : memref<f32>)
    %r = bufferization.to_tensor %out restrict : memref<64x8xf32> to tensor<64x8xf32>
    return %r : tensor<64x8xf32>
  }

  gpu.module @kernels {
    // A row of A and a column of B have eight words.
    llvm.func @small(%x: !llvm.ptr<1>, %w: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %c2 = llvm.mlir.constant(2 : i32) : i32
      %c4 = llvm.mlir.constant(4 : i32) : i32
      %c8 = llvm.mlir.constant(8 : i32) : i32
      %c32 = llvm.mlir.constant(32 : i32) : i32
      // Of E4M3, the sign and three bits of the significand; of E5M2, two bits.
      %keepA = llvm.mlir.constant(-2021161081 : i32) : i32
      %exponentA = llvm.mlir.constant(808464432 : i32) : i32
      %keepB = llvm.mlir.constant(-2088533117 : i32) : i32
      %exponentB = llvm.mlir.constant(943208504 : i32) : i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %row = llvm.udiv %tid, %c4 : i32
      %inGroup = llvm.urem %tid, %c4 : i32
      %line = llvm.mul %row, %c32 : i32
      %word = llvm.mul %inGroup, %c4 : i32
      %byte = llvm.add %line, %word : i32
      %fromA = llvm.getelementptr %x[%byte] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
      %fromB = llvm.getelementptr %w[%byte] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
      %a0To = llvm.getelementptr %fromA[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a0Word = llvm.load %a0To : !llvm.ptr<1> -> i32
      %a0Kept = llvm.and %a0Word, %keepA : i32
      %a0 = llvm.or %a0Kept, %exponentA : i32
      %a1To = llvm.getelementptr %fromA[256] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a1Word = llvm.load %a1To : !llvm.ptr<1> -> i32
      %a1Kept = llvm.and %a1Word, %keepA : i32
      %a1 = llvm.or %a1Kept, %exponentA : i32
      %a2To = llvm.getelementptr %fromA[16] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a2Word = llvm.load %a2To : !llvm.ptr<1> -> i32
      %a2Kept = llvm.and %a2Word, %keepA : i32
      %a2 = llvm.or %a2Kept, %exponentA : i32
      %a3To = llvm.getelementptr %fromA[272] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a3Word = llvm.load %a3To : !llvm.ptr<1> -> i32
      %a3Kept = llvm.and %a3Word, %keepA : i32
      %a3 = llvm.or %a3Kept, %exponentA : i32
      %b0To = llvm.getelementptr %fromB[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %b0Word = llvm.load %b0To : !llvm.ptr<1> -> i32
      %b0Kept = llvm.and %b0Word, %keepB : i32
      %b0 = llvm.or %b0Kept, %exponentB : i32
      %b1To = llvm.getelementptr %fromB[16] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %b1Word = llvm.load %b1To : !llvm.ptr<1> -> i32
      %b1Kept = llvm.and %b1Word, %keepB : i32
      %b1 = llvm.or %b1Kept, %exponentB : i32
      %zero = llvm.mlir.zero : !sums
      %sum = compress_kernel.mma [%a0, %a1, %a2, %a3], [%b0, %b1], %zero : f8E4M3FN, f8E5M2, !sums
      %column = llvm.mul %inGroup, %c2 : i32
      %first = llvm.mul %row, %c8 : i32
      %place = llvm.add %first, %column : i32
      %to = llvm.getelementptr %out[%place] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %d0 = llvm.extractvalue %sum[0] : !sums
      %to0 = llvm.getelementptr %to[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d0, %to0 : f32, !llvm.ptr<1>
      %d1 = llvm.extractvalue %sum[1] : !sums
      %to1 = llvm.getelementptr %to[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d1, %to1 : f32, !llvm.ptr<1>
      %d2 = llvm.extractvalue %sum[2] : !sums
      %to2 = llvm.getelementptr %to[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d2, %to2 : f32, !llvm.ptr<1>
      %d3 = llvm.extractvalue %sum[3] : !sums
      %to3 = llvm.getelementptr %to[65] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d3, %to3 : f32, !llvm.ptr<1>
      llvm.return
    }

    // B as four core matrices of 8 columns of 16 bytes.
    llvm.mlir.global internal @operand() {addr_space = 3 : i32, alignment = 128 : i64} : !llvm.array<512 x i8>
    llvm.func @sparse(%x: !llvm.ptr<1>, %w: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %c2 = llvm.mlir.constant(2 : i32) : i32
      %c4 = llvm.mlir.constant(4 : i32) : i32
      %c8 = llvm.mlir.constant(8 : i32) : i32
      %c16 = llvm.mlir.constant(16 : i32) : i32
      %c32 = llvm.mlir.constant(32 : i32) : i32
      %c128 = llvm.mlir.constant(128 : i32) : i32
      %metadata = llvm.mlir.constant(1313754702 : i32) : i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      // Each thread copies one word of B: a column has 16.
      %operand = llvm.mlir.addressof @operand : !llvm.ptr<3>
      %columnB = llvm.udiv %tid, %c16 : i32
      %wordB = llvm.urem %tid, %c16 : i32
      %chunk = llvm.udiv %wordB, %c4 : i32
      %inChunk = llvm.urem %wordB, %c4 : i32
      %chunkByte = llvm.mul %chunk, %c128 : i32
      %columnByte = llvm.mul %columnB, %c16 : i32
      %inChunkByte = llvm.mul %inChunk, %c4 : i32
      %partB = llvm.add %chunkByte, %columnByte : i32
      %byteB = llvm.add %partB, %inChunkByte : i32
      %fromB = llvm.getelementptr %w[%tid] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %b = llvm.load %fromB : !llvm.ptr<1> -> i32
      %toB = llvm.getelementptr %operand[%byteB] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
      llvm.store %b, %toB : i32, !llvm.ptr<3>
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      nvvm.barrier
      %lane = llvm.urem %tid, %c32 : i32
      %warp = llvm.udiv %tid, %c32 : i32
      %group = llvm.udiv %lane, %c4 : i32
      %inGroup = llvm.urem %lane, %c4 : i32
      %warpRow = llvm.mul %warp, %c16 : i32
      %row = llvm.add %warpRow, %group : i32
      %line = llvm.mul %row, %c32 : i32
      %word = llvm.mul %inGroup, %c4 : i32
      %byte = llvm.add %line, %word : i32
      %fromA = llvm.getelementptr %x[%byte] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
      %a0To = llvm.getelementptr %fromA[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a0 = llvm.load %a0To : !llvm.ptr<1> -> i32
      %a1To = llvm.getelementptr %fromA[256] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a1 = llvm.load %a1To : !llvm.ptr<1> -> i32
      %a2To = llvm.getelementptr %fromA[16] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a2 = llvm.load %a2To : !llvm.ptr<1> -> i32
      %a3To = llvm.getelementptr %fromA[272] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %a3 = llvm.load %a3To : !llvm.ptr<1> -> i32
      %address = llvm.ptrtoint %operand : !llvm.ptr<3> to i64
      %window = llvm.mlir.constant(262143 : i64) : i64
      %four = llvm.mlir.constant(4 : i64) : i64
      %low = llvm.and %address, %window : i64
      %start = llvm.lshr %low, %four : i64
      // Leading and stride byte offsets of 128.
      %strides = llvm.mlir.constant(34360262656 : i64) : i64
      %descriptor = llvm.or %start, %strides : i64
      %zero = llvm.mlir.zero : !sums
      nvvm.wgmma.fence.aligned
      %sum = compress_kernel.wgmma_sp %zero, [%a0, %a1, %a2, %a3], %descriptor, %metadata selector = 1 : !sums, f16, f16
      nvvm.wgmma.commit.group.sync.aligned
      %done = compress_kernel.wgmma_wait %sum : !sums
      %column = llvm.mul %inGroup, %c2 : i32
      %first = llvm.mul %row, %c8 : i32
      %place = llvm.add %first, %column : i32
      %to = llvm.getelementptr %out[%place] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %d0 = llvm.extractvalue %done[0] : !sums
      %to0 = llvm.getelementptr %to[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d0, %to0 : f32, !llvm.ptr<1>
      %d1 = llvm.extractvalue %done[1] : !sums
      %to1 = llvm.getelementptr %to[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d1, %to1 : f32, !llvm.ptr<1>
      %d2 = llvm.extractvalue %done[2] : !sums
      %to2 = llvm.getelementptr %to[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d2, %to2 : f32, !llvm.ptr<1>
      %d3 = llvm.extractvalue %done[3] : !sums
      %to3 = llvm.getelementptr %to[65] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
      llvm.store %d3, %to3 : f32, !llvm.ptr<1>
      llvm.return
    }
  }
}

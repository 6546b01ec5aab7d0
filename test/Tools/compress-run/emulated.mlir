// A module runs on an emulated GPU, with the result that it has on the processor;
// the counters say what its kernels did.

// RUN: compress-run %s --entry=layer --target=emulated --reference=%s --batch=5 \
// RUN:   --counters=%t.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=JSON < %t.json
// CHECK: out0 {{.*}} 1.00000000 100.00%

// 5x32 results of 64 products each; every block of the one launch reads the
// operands, 5x64 and 64x32 floats, and writes 5x32.
// JSON:      "compulsoryLoadBytes": 9472,
// JSON-NEXT: "compulsoryStoreBytes": 640,
// JSON:      "globalStoreBytes": 640,
// JSON:      "branch": {{[1-9][0-9]*}},
// JSON:      "launches": 1,
// JSON:      "name": "layer_tile",

// The same kernels for either chip, with and without checks.
// RUN: compress-run %s --entry=layer --target=emulated --chip=sm_80 --batch=77 \
// RUN:   --reference=%s --checks=false | FileCheck %s

// Threads beyond the edge of a tile must not read results that others write.
// RUN: compress-run %s --entry=accumulate --target=emulated --reference=%s \
// RUN:   | FileCheck %s

// A kernel written by hand, with shared memory and a barrier.
// RUN: compress-run %s --entry=reverse --target=emulated --seed=7 --bench=1 \
// RUN:   | FileCheck %s --check-prefix=BENCH
// BENCH: median of 1 runs

// RUN: not compress-run %s --entry=layer --target=emulated --chip=sm_7 2>&1 \
// RUN:   | FileCheck %s --check-prefix=CHIP
// CHIP: error: unknown chip 'sm_7', expected one of: sm_80, sm_89, sm_90a, sm_100a, sm_120
// RUN: not compress-run %s --entry=layer --counters=%t.json 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NEEDS
// NEEDS: error: --counters: expected --target=emulated with it

module attributes {gpu.container_module} {
  func.func @layer(%x: tensor<?x64xf32>, %w: tensor<64x32xf32>) -> tensor<?x32xf32> {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %rows = tensor.dim %x, %c0 : tensor<?x64xf32>
    %empty = tensor.empty(%rows) : tensor<?x32xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x32xf32>) -> tensor<?x32xf32>
    %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x32xf32>) outs(%fill : tensor<?x32xf32>) -> tensor<?x32xf32>
    return %y : tensor<?x32xf32>
  }

  func.func @accumulate(%x: tensor<3x8xf32>, %w: tensor<8x1xf32>, %y: tensor<3x1xf32>) -> tensor<3x1xf32> {
    %r = linalg.matmul ins(%x, %w : tensor<3x8xf32>, tensor<8x1xf32>) outs(%y : tensor<3x1xf32>) -> tensor<3x1xf32>
    return %r : tensor<3x1xf32>
  }

  func.func @reverse(%x: tensor<4x128xf32>) -> tensor<4x128xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c128 = arith.constant 128 : index
    %in = bufferization.to_buffer %x read_only : tensor<4x128xf32> to memref<4x128xf32>
    %out = memref.alloc() : memref<4x128xf32>
    %a = memref.reinterpret_cast %in to offset: [0], sizes: [], strides: [] : memref<4x128xf32> to memref<f32>
    %b = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<4x128xf32> to memref<f32>
    gpu.launch_func @kernels::@reverse blocks in (%c4, %c1, %c1) threads in (%c128, %c1, %c1) args(%a : memref<f32>, %b : memref<f32>)
    %r = bufferization.to_tensor %out restrict : memref<4x128xf32> to tensor<4x128xf32>
    return %r : tensor<4x128xf32>
  }

  gpu.module @kernels {
    llvm.mlir.global internal @row() {addr_space = 3 : i32} : !llvm.array<128 x f32>
    llvm.func @reverse(%in: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %c127 = llvm.mlir.constant(127 : i32) : i32
      %c128 = llvm.mlir.constant(128 : i32) : i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %block = nvvm.read.ptx.sreg.ctaid.x : i32
      %first = llvm.mul %block, %c128 : i32
      %i = llvm.add %first, %tid : i32
      %row = llvm.mlir.addressof @row : !llvm.ptr<3>
      %from = llvm.getelementptr %in[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %value = llvm.load %from : !llvm.ptr<1> -> f32
      %own = llvm.getelementptr %row[%tid] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
      llvm.store %value, %own : f32, !llvm.ptr<3>
      nvvm.barrier
      %j = llvm.sub %c127, %tid : i32
      %other = llvm.getelementptr %row[%j] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
      %reversed = llvm.load %other : !llvm.ptr<3> -> f32
      %to = llvm.getelementptr %out[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      llvm.store %reversed, %to : f32, !llvm.ptr<1>
      llvm.return
    }
  }

  // RUN: sed 's/nvvm.barrier$//' %s > %t.no-barrier.mlir
  // RUN: not compress-run %t.no-barrier.mlir --entry=reverse --target=emulated \
  // RUN:   --seed=7 --bench=1 2>&1 | FileCheck %s --check-prefix=BARRIER
  // BARRIER: error: {{.*}}.no-barrier.mlir:[[#]]:{{[0-9]+}}: 'llvm.load': uninitialised shared memory: load of 4 bytes at byte 508, expected bytes that the block has written; kernel 'reverse', block (0,0,0), thread (0,0,0)

  // RUN: sed 's/llvm.sub %%c127/llvm.sub %%c128/' %s > %t.off-by-one.mlir
  // RUN: not compress-run %t.off-by-one.mlir --entry=reverse --target=emulated \
  // RUN:   --seed=7 --bench=1 2>&1 | FileCheck %s --check-prefix=BEYOND
  // BEYOND: error: {{.*}}.off-by-one.mlir:[[#]]:{{[0-9]+}}: 'llvm.load': load of 4 bytes out of bounds: byte 512 of shared memory, expected at most 512 bytes; kernel 'reverse', block (0,0,0), thread (0,0,0)

  // RUN: sed 's/(%%c4, /(%%c128, /' %s > %t.too-many-blocks.mlir
  // RUN: not compress-run %t.too-many-blocks.mlir --entry=reverse --target=emulated \
  // RUN:   --seed=7 --bench=1 2>&1 | FileCheck %s --check-prefix=GLOBAL
  // GLOBAL: error: {{.*}}.too-many-blocks.mlir:[[#]]:{{[0-9]+}}: 'llvm.load': load of 4 bytes out of bounds: {{.*}}, 0 bytes past the end of 'input arg0' of 2048 bytes, expected bytes of one buffer; kernel 'reverse', block (4,0,0), thread (0,0,0)
}

// A module runs on a GPU, for which a driver stands here that records what it is
// asked for. Inputs and outputs are on the device; a call is launches.

// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=product --target=cuda --chip=sm_80 --batch=77 --bench=2 | FileCheck %s --check-prefix=BENCH
// RUN: FileCheck %s --check-prefix=LOG --input-file=%t.log --implicit-check-not=ERROR
// BENCH: median of 2 runs: 0.2500 ms
// A run for the results, one to warm up, two to measure; more than 48 KiB of
// shared memory is asked for once.
// LOG:          cuModuleLoadDataEx
// LOG-NEXT:     cuMemAlloc #1
// LOG-NEXT:     cuMemcpyHtoD #1+0 bytes 39424
// LOG-NEXT:     cuMemcpyHtoD #1+39424 bytes 262144
// LOG-NEXT:     cuFuncSetAttribute product_mma 8 98304
// LOG-NEXT:     cuLaunchKernel product_mma {{.*}} shared 98304 stream 1
// LOG-NEXT:     cuStreamSynchronize
// LOG-NEXT:     cuMemcpyDtoH #1+301568 bytes 157696
// LOG-COUNT-3:  cuLaunchKernel
// LOG-NOT:      cuLaunchKernel
// LOG-NOT:      cuFuncSetAttribute
// LOG:          cuMemFree #1
// LOG-NEXT:     cuCtxSynchronize
// LOG-NEXT:     cuModuleUnload

// A graph is captured once, and replayed.
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=product --target=cuda --chip=sm_80 --batch=5 --bench=3 --graph | FileCheck %s --check-prefix=GRAPH
// RUN: FileCheck %s --check-prefix=GRAPH-LOG --input-file=%t.log --implicit-check-not=ERROR
// GRAPH: median of 3 runs
// GRAPH-LOG:         cuStreamBeginCapture
// GRAPH-LOG-NEXT:    cuFuncSetAttribute
// GRAPH-LOG-NEXT:    cuLaunchKernel product_mma
// GRAPH-LOG-NEXT:    cuStreamEndCapture nodes 1
// GRAPH-LOG-COUNT-5: cuGraphLaunch nodes 1 stream 1
// GRAPH-LOG-NOT:     {{cuLaunchKernel|cuGraphLaunch|cuStreamBeginCapture}}

// A launch in clusters.
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=clusters --target=cuda --bench=1 | FileCheck %s --check-prefix=CLUSTER
// RUN: FileCheck %s --check-prefix=CLUSTER-LOG --input-file=%t.log --implicit-check-not=ERROR
// CLUSTER: median of 1 runs
// CLUSTER-LOG: cuFuncSetAttribute double 14 1
// CLUSTER-LOG: cuLaunchKernel double grid 16,1,1 block 32,1,1 cluster 16,1,1 shared 0 stream 1

// The reference runs on the processor; kernels do not run here.
// RUN: %fake-cuda compress-run %s --entry=product --target=cuda --reference=%s | FileCheck %s --check-prefix=REFERENCE
// REFERENCE: output {{.*}} SQNR
// REFERENCE: out0

// A GPU of the same generation takes machine code, a later one PTX.
// RUN: %if ptxas %{ %fake-cuda FAKE_CUDA_LOG=%t.log FAKE_CUDA_FAULT=capability=89 compress-run %s --entry=product --target=cuda --chip=sm_80 --bench=1 && grep -x 'cuModuleLoadDataEx cubin' %t.log %}
// RUN: %if ptxas %{ %fake-cuda FAKE_CUDA_LOG=%t.log FAKE_CUDA_FAULT=no-binary compress-run %s --entry=product --target=cuda --bench=1 && FileCheck %s --check-prefix=FALLBACK --input-file=%t.log %}
// FALLBACK:      cuModuleLoadDataEx cubin
// FALLBACK-NEXT: cuModuleLoadDataEx ptx
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=product --target=cuda --chip=sm_80 --bench=1 && grep -x 'cuModuleLoadDataEx ptx' %t.log
// RUN: not %fake-cuda FAKE_CUDA_FAULT=capability=89 compress-run %s --entry=product --target=cuda --chip=sm_90a --bench=1 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: {{.*}}cuda.mlir: product was compiled for sm_90a, which needs a GPU of compute capability 9.0; found Fake GPU of 8.9. Compile it with another --chip, or choose another GPU
// RUN: not %fake-cuda compress-run %s --entry=product --target=cuda --device=1 --bench=1 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: error: {{.*}}cuda.mlir: no GPU 1: the driver found 1; expected a number from 0 on, below that.
// RUN: not %fake-cuda FAKE_CUDA_LOG=%t.log FAKE_CUDA_FAULT=launch=1 compress-run %s --entry=product --target=cuda --bench=1 2>&1 | FileCheck %s --check-prefix=LAUNCH
// RUN: not grep ERROR %t.log
// LAUNCH: error: kernel 'product_mma', grid {{.*}}, block {{.*}}, {{.*}} bytes of dynamic shared memory: launch failed: CUDA_ERROR_LAUNCH_FAILED
// RUN: not %fake-cuda FAKE_CUDA_LOG=%t.log FAKE_CUDA_FAULT=launch=1 compress-run %s --entry=product --target=cuda --graph --bench=1 2>&1 | FileCheck %s --check-prefix=LAUNCH
// RUN: not grep ERROR %t.log
// RUN: not %fake-cuda FAKE_CUDA_LOG=%t.log FAKE_CUDA_FAULT=allocation=1 compress-run %s --entry=product --target=cuda --bench=1 2>&1 | FileCheck %s --check-prefix=MEMORY
// RUN: not grep ERROR %t.log
// MEMORY: error: cuMemAlloc_v2 failed: CUDA_ERROR_OUT_OF_MEMORY

// Options of one target are none of another.
// RUN: not compress-run %s --entry=product --graph 2>&1 | FileCheck %s --check-prefix=GRAPH-NEEDS
// GRAPH-NEEDS: error: --graph: expected --target=cuda with it
// RUN: not compress-run %s --entry=product --target=cuda --checks=false 2>&1 | FileCheck %s --check-prefix=CHECKS-NEEDS
// CHECKS-NEEDS: error: --checks: expected --target=emulated with it
// RUN: not compress-run %s --entry=product --chip=sm_80 2>&1 | FileCheck %s --check-prefix=CHIP-NEEDS
// CHIP-NEEDS: error: --chip: expected --target=emulated or --target=cuda with it

module attributes {gpu.container_module} {
  func.func @product(%a: tensor<?x256xf16>, %b: tensor<256x512xf16>) -> tensor<?x512xf32> {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %m = tensor.dim %a, %c0 : tensor<?x256xf16>
    %empty = tensor.empty(%m) : tensor<?x512xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x512xf32>) -> tensor<?x512xf32>
    %r = linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>}
        ins(%a, %b : tensor<?x256xf16>, tensor<256x512xf16>) outs(%fill : tensor<?x512xf32>) -> tensor<?x512xf32>
    return %r : tensor<?x512xf32>
  }

  func.func @clusters(%x: tensor<512xf32>) -> tensor<512xf32> {
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %c32 = arith.constant 32 : index
    %in = bufferization.to_buffer %x read_only : tensor<512xf32> to memref<512xf32>
    %out = memref.alloc() : memref<512xf32>
    %a = memref.reinterpret_cast %in to offset: [0], sizes: [], strides: [] : memref<512xf32> to memref<f32>
    %b = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<512xf32> to memref<f32>
    gpu.launch_func @kernels::@double clusters in (%c16, %c1, %c1) blocks in (%c16, %c1, %c1) threads in (%c32, %c1, %c1) args(%a : memref<f32>, %b : memref<f32>)
    %r = bufferization.to_tensor %out restrict : memref<512xf32> to tensor<512xf32>
    return %r : tensor<512xf32>
  }

  gpu.module @kernels {
    llvm.func @double(%in: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %c32 = llvm.mlir.constant(32 : i32) : i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %block = nvvm.read.ptx.sreg.ctaid.x : i32
      %first = llvm.mul %block, %c32 : i32
      %i = llvm.add %first, %tid : i32
      %from = llvm.getelementptr %in[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %to = llvm.getelementptr %out[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %value = llvm.load %from : !llvm.ptr<1> -> f32
      %sum = llvm.fadd %value, %value : f32
      llvm.store %sum, %to : f32, !llvm.ptr<1>
      llvm.return
    }
  }
}

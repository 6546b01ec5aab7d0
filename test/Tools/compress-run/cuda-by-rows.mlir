// Of a product whose number of rows is known when running, the host launches the kernel for
// that number, and a graph keeps the one that it was captured with. A driver stands here
// that records what it is asked for.

// Parts of a sum are in the workspace where they are needed, and a second kernel adds them.
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=packed --target=cuda --chip=sm_90a --batch=8 --bench=1
// RUN: FileCheck %s --check-prefix=FEW --input-file=%t.log --implicit-check-not=ERROR --implicit-check-not='cuLaunchKernel packed_wgmma_decode'
// FEW:      cuLaunchKernel packed_stream grid
// FEW-NEXT: cuLaunchKernel packed_point

// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=packed --target=cuda --chip=sm_90a --batch=9 --bench=1
// RUN: FileCheck %s --check-prefix=MORE --input-file=%t.log --implicit-check-not=ERROR --implicit-check-not='cuLaunchKernel packed_{{point|wgmma_decode}}'
// MORE: cuLaunchKernel packed_stream_0 grid

// Only the kernel that takes tensor maps has them encoded.
// MORE-NOT: cuTensorMapEncodeTiled
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=packed --target=cuda --chip=sm_90a --batch=65 --bench=1
// RUN: FileCheck %s --check-prefix=MANY --input-file=%t.log --implicit-check-not=ERROR --implicit-check-not='cuLaunchKernel packed_{{point|stream}}'
// MANY: cuTensorMapEncodeTiled
// MANY: cuLaunchKernel packed_wgmma_decode

// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=packed --target=cuda --chip=sm_90a --batch=8 --bench=2 --graph
// RUN: FileCheck %s --check-prefix=GRAPH --input-file=%t.log --implicit-check-not=ERROR
// GRAPH:      cuStreamBeginCapture
// GRAPH:      cuLaunchKernel packed_stream grid
// GRAPH:      cuLaunchKernel packed_point
// GRAPH:      cuStreamEndCapture nodes 2
// GRAPH-NOT:  cuLaunchKernel

// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=dense --target=cuda --chip=sm_90a --batch=16 --bench=1
// RUN: FileCheck %s --check-prefix=DENSE-FEW --input-file=%t.log --implicit-check-not=ERROR --implicit-check-not='cuLaunchKernel dense_wgmma'
// DENSE-FEW: cuLaunchKernel dense_mma
// RUN: %fake-cuda FAKE_CUDA_LOG=%t.log compress-run %s --entry=dense --target=cuda --chip=sm_90a --batch=17 --bench=1
// RUN: FileCheck %s --check-prefix=DENSE-MANY --input-file=%t.log --implicit-check-not=ERROR --implicit-check-not='cuLaunchKernel dense_mma'
// DENSE-MANY: cuLaunchKernel dense_wgmma

// The table of launches says what each is for.
// RUN: compress-translate %s --target=cuda --chip=sm_90a --table=%t.json -o %t.ptx
// RUN: FileCheck %s --check-prefix=TABLE --input-file=%t.json
// TABLE:      "buffers": [
// TABLE:      "launches": [
// TABLE:      "if": [
// TABLE:      "le",
// TABLE:      "dim",
// TABLE-NEXT: "x",
// TABLE-NEXT: 0
// TABLE-NEXT: ],
// TABLE-NEXT: 8
// TABLE:      "kernel": "packed_stream"
// TABLE:      "le",
// TABLE:      "kernel": "packed_point"
// TABLE:      "gt",
// TABLE:      "le",
// TABLE:      "kernel": "packed_stream_0"
// TABLE:      "gt",
// TABLE:      "gt",
// TABLE:      "kernel": "packed_wgmma_decode"

!w = !compress.tensor<512x128xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>

func.func @packed(%x: tensor<?x512xf16> {compress.name = "x"}, %v: tensor<8x8x64x8xi8>, %s: tensor<4x128xf16>) -> tensor<?x128xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x512xf16>
  %empty = tensor.empty(%m) : tensor<?x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x128xf32>) -> tensor<?x128xf32>
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<?x512xf16>, tensor<8x8x64x8xi8>, tensor<4x128xf16>) outs(%fill : tensor<?x128xf32>) {weight = !w,
      compress_kernel.schedule = #compress_kernel.by_rows<most = [8, 64], schedules = [
        #compress_kernel.stream<tile = [8, 32], warps = [1, 4], stages = 3, splits = 2>,
        #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 3>,
        #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 1, stages = 3>]>} -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

func.func @dense(%x: tensor<?x256xf16>, %w: tensor<256x128xf16>) -> tensor<?x128xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x256xf16>
  %empty = tensor.empty(%m) : tensor<?x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x128xf32>) -> tensor<?x128xf32>
  %y = linalg.matmul {compress_kernel.schedule = #compress_kernel.by_rows<most = [16], schedules = [
        #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>,
        #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 3>]>}
      ins(%x, %w : tensor<?x256xf16>, tensor<256x128xf16>) outs(%fill : tensor<?x128xf32>) -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

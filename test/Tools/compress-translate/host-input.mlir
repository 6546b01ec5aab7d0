// An input that says how often kernels are launched: host code reads it when a call is
// enqueued, so it stays in the memory of the host, and so does nothing else.

// REQUIRES: python-numpy
// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_80 -o %t/steps.so
// RUN: FileCheck %s --check-prefix=HEADER --input-file=%t/steps.h
// RUN: %fake-cuda PYTHONPATH=%src_root/python FAKE_CUDA_LOG=%t/log %python %S/Inputs/call-steps.py %t/steps.so | FileCheck %s
// RUN: FileCheck %s --check-prefix=LOG --input-file=%t/log
// RUN: %fake-cuda FAKE_CUDA_LOG=%t/run.log compress-run %s --target=cuda --chip=sm_80 --inputs=%t/steps.npz
// RUN: FileCheck %s --check-prefix=RUN-LOG --input-file=%t/run.log
// RUN: compress-run %s --target=emulated --inputs=%t/steps.npz --reference=%s 2>&1 | FileCheck %s --check-prefix=EMULATED --implicit-check-not=warning

// EMULATED: {{^}}out0 {{ *}}0 {{ *}}inf

// HEADER:      /* input count: I64[], in the memory of the host */
// HEADER-NEXT: const void *count;

// CHECK:      'name': 'count', 'shape': [], 'type': 'I64'
// CHECK-NEXT: (9,)
// CHECK-NEXT: (6,)
// CHECK-NEXT: Error: repeat: output 'out0': dimension 0 would be -1; expected other inputs
// CHECK-NEXT: Error: repeat: input 'count' says what is launched, and is read when the call is planned; expected memory of the host, found memory of the device

// Three steps, then none of them: other launches with the extents of before.
// LOG-NOT:       bytes 8
// LOG-COUNT-3:   cuLaunchKernel repeat_point_0
// LOG:           cuMemcpyDtoHAsync
// LOG-NOT:       cuLaunchKernel repeat_point_0
// LOG:           cuMemcpyDtoHAsync

// RUN-LOG-NOT:     bytes 8
// RUN-LOG-COUNT-3: cuLaunchKernel repeat_point_0
// RUN-LOG-NOT:     cuLaunchKernel repeat_point_0

func.func @repeat(%x: tensor<?xf32> {compress.name = "x"}, %count: tensor<i64> {compress.name = "count"}) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.extract %count[] : tensor<i64>
  %steps = arith.index_cast %n : i64 to index
  %size = tensor.dim %x, %c0 : tensor<?xf32>
  %r = scf.for %i = %c0 to %steps step %c1 iter_args(%v = %x) -> tensor<?xf32> {
    %empty = tensor.empty(%size) : tensor<?xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
        ins(%v : tensor<?xf32>) outs(%empty : tensor<?xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %a : f32
      linalg.yield %s : f32
    } -> tensor<?xf32>
    scf.yield %0 : tensor<?xf32>
  }
  // The result has one element more for every step.
  %longer = arith.addi %size, %steps : index
  %padded = tensor.pad %r low[0] high[%steps] {
  ^bb0(%i: index):
    %zero = arith.constant 0.0 : f32
    tensor.yield %zero : f32
  } : tensor<?xf32> to tensor<?xf32>
  return %padded : tensor<?xf32>
}

// A weight of 1 MiB in a file stays there, and is found beside the shared object
// or in a folder that the caller names; a small one is in the shared object.

// RUN: rm -rf %t && mkdir %t %t/elsewhere
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 1 && cp %s %t/big.mlir
// RUN: compress-translate %t/big.mlir --target=cuda --chip=sm_80 -o %t/libbig.so && mv %t/libbig.h %t/big.h
// RUN: %python -c 'import os, sys; sys.exit(os.path.getsize("%t/libbig.so") >= 1 << 19)'
// RUN: %cc -std=c11 -I%t %S/Inputs/call-big.c %t/libbig.so -Wl,-rpath,%t -o %t/call

// RUN: cd %t/elsewhere && %fake-cuda FAKE_CUDA_LOG=%t/log %t/call | FileCheck %s
// RUN: FileCheck %s --check-prefix=LOG --input-file=%t/log
// CHECK:    loaded
// LOG:      cuMemAlloc #1 bytes 1050624
// LOG-DAG:  cuMemcpyHtoD {{.*}} bytes 1048576
// LOG-DAG:  cuMemcpyHtoD {{.*}} bytes 2048
// LOG-NEXT: cuCtxSynchronize

// RUN: mv %t/w.safetensors %t/elsewhere
// RUN: not %fake-cuda FAKE_CUDA_LOG=%t/log %t/call | FileCheck %s --check-prefix=MISSING
// RUN: not grep ERROR %t/log
// MISSING: error: weights of big: expected the file {{.*}}/w.safetensors, which cannot be opened: No such file or directory. Put it there, or give its folder to the init function
// RUN: %fake-cuda %t/call %t/elsewhere | FileCheck %s

// Another file is an error, by its size or its beginning.
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 1 longer
// RUN: not %fake-cuda %t/call | FileCheck %s --check-prefix=SIZE
// SIZE: error: weights of big: expected {{.*}}/w.safetensors to have [[#]] bytes, found [[#]]; the model was compiled with another file
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 2
// RUN: not %fake-cuda FAKE_CUDA_LOG=%t/log %t/call | FileCheck %s --check-prefix=HASH
// RUN: not grep ERROR %t/log
// HASH: error: weights of big: {{.*}}/w.safetensors does not begin as the file that the model was compiled with, and 'big' may be another there

func.func @main(%x: tensor<?x512xf32>) -> tensor<?x512xf32> {
  %w = arith.constant #compress.external<"w.safetensors", "big"> : tensor<512x512xf32>
  %b = arith.constant #compress.external<"w.safetensors", "small"> : tensor<512xf32>
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x512xf32>
  %empty = tensor.empty(%m) : tensor<?x512xf32>
  %bias = linalg.broadcast ins(%b : tensor<512xf32>) outs(%empty : tensor<?x512xf32>) dimensions = [0]
  %y = linalg.matmul ins(%x, %w : tensor<?x512xf32>, tensor<512x512xf32>) outs(%bias : tensor<?x512xf32>) -> tensor<?x512xf32>
  return %y : tensor<?x512xf32>
}

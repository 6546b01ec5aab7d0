// A weight of 1 MiB in a file stays there, and is found beside the shared object or in
// a folder that the caller names, wherever in the file it lies; a small one is in the
// shared object, and so is one that a product reads, in the order of its tiles.

// RUN: rm -rf %t && mkdir %t %t/elsewhere && cp %s %t/big.mlir
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 63 0
// RUN: compress-translate %t/big.mlir --target=cpu -o %t/libbig.so && mv %t/libbig.h %t/big.h
// RUN: %python -c 'import os, sys; sys.exit(os.path.getsize("%t/libbig.so") >= 1 << 19)'
// RUN: %cc -std=c11 -Wall -Wextra -Werror -I%t %S/Inputs/call-big-cpu.c %t/libbig.so -Wl,-rpath,%t -o %t/call
// RUN: cd %t/elsewhere && %t/call | FileCheck %s
// CHECK: 262144 right

// RUN: mv %t/w.safetensors %t/elsewhere
// RUN: not %t/call | FileCheck %s --check-prefix=MISSING
// MISSING: error: weights of big: expected the file {{.*}}/w.safetensors, which cannot be opened: No such file or directory. Put it there, or give its folder to the init function
// RUN: %t/call %t/elsewhere | FileCheck %s

// Another file is an error, by its size or its beginning.
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 63 longer
// RUN: not %t/call | FileCheck %s --check-prefix=SIZE
// SIZE: error: weights of big: expected {{.*}}/w.safetensors to have [[#]] bytes, found [[#]]; the model was compiled with another file
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 64 0
// RUN: not %t/call | FileCheck %s --check-prefix=HASH
// HASH: error: weights of big: {{.*}}/w.safetensors does not begin as the file that the model was compiled with, and 'big' may be another there

// Files promise no alignment.
// RUN: %python %S/Inputs/write-big.py %t/w.safetensors 63 1
// RUN: compress-translate %t/big.mlir --target=cpu -o %t/libbig.so
// RUN: %t/call | FileCheck %s

// RUN: sed 's/linalg.add/linalg.matmul/' %t/big.mlir > %t/product.mlir
// RUN: compress-translate %t/product.mlir --target=cpu -o %t/product.so
// RUN: %python -c 'import os, sys; sys.exit(os.path.getsize("%t/product.so") < 1 << 20)'

func.func @main(%x: tensor<512x512xf32>) -> tensor<512x512xf32> {
  %w = arith.constant #compress.external<"w.safetensors", "big"> : tensor<512x512xf32>
  %b = arith.constant #compress.external<"w.safetensors", "small"> : tensor<512xf32>
  %empty = tensor.empty() : tensor<512x512xf32>
  %bias = linalg.broadcast ins(%b : tensor<512xf32>) outs(%empty : tensor<512x512xf32>) dimensions = [0]
  %z = linalg.add ins(%x, %w : tensor<512x512xf32>, tensor<512x512xf32>) outs(%empty : tensor<512x512xf32>) -> tensor<512x512xf32>
  %y = linalg.sub ins(%z, %bias : tensor<512x512xf32>, tensor<512x512xf32>) outs(%empty : tensor<512x512xf32>) -> tensor<512x512xf32>
  return %y : tensor<512x512xf32>
}

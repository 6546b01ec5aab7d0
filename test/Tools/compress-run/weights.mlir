// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: compress-opt dense.mlir --compress-externalize-weights="weights-out=w.safetensors min-bytes=1" -o moved.mlir
// RUN: FileCheck %s --check-prefix=MOVED --input-file=moved.mlir
// RUN: compress-run moved.mlir | FileCheck %s
// RUN: compress-run dense.mlir | FileCheck %s
// RUN: compress-run bound.mlir | FileCheck %s

// A relative file lies beside the module, whatever the current directory.
// RUN: cd / && compress-run %t/moved.mlir | FileCheck %s

// RUN: rm %t/w.safetensors
// RUN: not compress-run %t/moved.mlir 2>&1 | FileCheck %s --check-prefix=GONE

// MOVED: #compress.external<"w.safetensors"
// CHECK: out0: F32[3] = 1 2 3
// GONE: error: {{.*}}w.safetensors

//--- dense.mlir
func.func @main() -> tensor<3xf32> {
  %a = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> loc("constant")
  return %a : tensor<3xf32>
}

//--- bound.mlir
func.func @main(%w: tensor<3xf32> {compress.external = #compress.external<"w.safetensors", "constant"> : tensor<3xf32>}) -> tensor<3xf32> {
  return %w : tensor<3xf32>
}

// Every op, type and attribute survives bytecode, and what comes back is the
// same text, with aliases, locations and unnamed values alike.

// RUN: compress-opt %s -o %t.mlir
// RUN: compress-opt %s -emit-bytecode -o %t.mlirbc
// RUN: compress-opt %t.mlirbc -o %t.back.mlir
// RUN: diff %t.mlir %t.back.mlir
// RUN: FileCheck %s --input-file=%t.back.mlir

// From the generic form too.
// RUN: compress-opt %s -mlir-print-op-generic -o %t.generic.mlir
// RUN: compress-opt %t.generic.mlir -emit-bytecode | compress-opt -o %t.back2.mlir
// RUN: diff %t.mlir %t.back2.mlir

// The other files of round trips, whole.
// RUN: for name in ops attrs types; do \
// RUN:   compress-opt %S/${name}_parse_print.mlir -o %t.text \
// RUN:   && compress-opt %S/${name}_parse_print.mlir -emit-bytecode | compress-opt -o %t.bytes \
// RUN:   && diff %t.text %t.bytes || exit 1; \
// RUN: done

// Half of a file is an error and no crash.
// RUN: head -c 200 %t.mlirbc > %t.half.mlirbc
// RUN: not compress-opt %t.half.mlirbc 2>&1 | FileCheck %s --check-prefix=HALF
// HALF: error:

#sparse = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  storage = #compress.affine<i4, block = [5, *], scale = bf16, asymmetric>, layout = #compress.tiled<[3, 2]>>
!sparse = !compress.tensor<8x4xf32, #sparse>

// CHECK: module attributes {compress.plan = [{site = "layer.0"}], test.observer = #compress.observer<percentile, 9.950000e+01>}
module attributes {compress.plan = [{site = "layer.0"}], test.observer = #compress.observer<percentile, 99.5>} {
  // CHECK: ml_program.global private @w(#compress.external<"model.safetensors", "w", 7>
  ml_program.global private @w(#compress.external<"model.safetensors", "w", 7> : tensor<8x4xf32>) : tensor<8x4xf32>

  // CHECK: func.func @f(%{{.*}}: tensor<8x4xf32> {compress.external = #compress.external<"f", "k"> : tensor<8x4xf32>, compress.name = "w"}
  func.func @f(%w: tensor<8x4xf32> {compress.name = "w", compress.external = #compress.external<"f", "k"> : tensor<8x4xf32>},
               %x: tensor<?x8xf32>, %i: tensor<?x4xf32>) -> (tensor<?x4xf32> {compress.name = "y"}) {
    %p = compress.prune #compress.nm<2:4, axis = 0>, %w {compress.site = "layer.0"} : tensor<8x4xf32>
    %s, %z = compress.choose_qparams #compress.affine<i4, block = [5, *], scale = bf16, asymmetric>, %p
        : tensor<8x4xf32> -> tensor<2x1xbf16>, tensor<2x1xi8>
    // CHECK: compress.encode %{{.*}} parameters(%{{.*}}, %{{.*}} : tensor<2x1xbf16>, tensor<2x1xi8>) : tensor<8x4xf32>
    // CHECK-SAME: -> !compress.tensor<8x4xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i4, block = [5, *], scale = bf16, asymmetric>, layout = #compress.tiled<[3, 2]>>>
    %e = compress.encode %p parameters(%s, %z : tensor<2x1xbf16>, tensor<2x1xi8>) : tensor<8x4xf32> -> !sparse
    %v = compress.component %e["values"] : !sparse -> tensor<2x2x3x1xi8>
    %n = compress.component %e["indices"] : !sparse -> tensor<2x2x3x1xi8>
    %a = compress.assemble %v, %s, %z, %n
        : (tensor<2x2x3x1xi8>, tensor<2x1xbf16>, tensor<2x1xi8>, tensor<2x2x3x1xi8>) -> !sparse
    %d = compress.decode %a : !sparse -> tensor<8x4xf32>
    %o = compress.encode %d observer = <mse> : tensor<8x4xf32> -> !sparse
    %y = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                            affine_map<(m, n, k) -> (m, n)>]
        ins(%x, %o : tensor<?x8xf32>, !sparse) outs(%i : tensor<?x4xf32>)
    return %y : tensor<?x4xf32>
  }
}

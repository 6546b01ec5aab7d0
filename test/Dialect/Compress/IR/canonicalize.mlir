// Folding, common subexpressions, dead code and inlining.

// RUN: compress-opt %s -canonicalize | FileCheck %s
// RUN: compress-opt %s -cse | FileCheck %s --check-prefix=CSE
// RUN: compress-opt %s -inline | FileCheck %s --check-prefix=INLINE
// RUN: compress-opt %s -sccp | FileCheck %s --check-prefix=SCCP
// RUN: compress-opt %s -loop-invariant-code-motion | FileCheck %s --check-prefix=LICM

// CHECK-DAG: #[[NHWC:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d6)>
// CHECK-DAG: #[[HWCF:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[NHWF:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2, d2 * 2 + d5, d6)>
// CHECK-DAG: #[[SLIDES:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 + d4, d2 + d5, d6)>

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#sparse = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  storage = #compress.affine<i4, block = [4, 1], asymmetric>>
#rows = #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
!w = !compress.tensor<8x4xf32, #i8>
!sparse = !compress.tensor<8x4xf32, #sparse>
!rows = !compress.tensor<?x4xf32, #rows>

// Every component of an assembled tensor is the operand of its name.
// CHECK-LABEL: func @component_of_assemble
// CHECK-SAME: %[[V:.*]]: tensor<4x2xi8>, %[[S:.*]]: tensor<2x4xf32>, %[[Z:.*]]: tensor<2x4xi8>, %[[I:.*]]: tensor<4x1xi8>
func.func @component_of_assemble(%v: tensor<4x2xi8>, %s: tensor<2x4xf32>, %z: tensor<2x4xi8>, %i: tensor<4x1xi8>)
    -> (tensor<4x1xi8>, tensor<2x4xi8>, tensor<2x4xf32>, tensor<4x2xi8>) {
  // CHECK-NEXT: return %[[I]], %[[Z]], %[[S]], %[[V]]
  %w = compress.assemble %v, %s, %z, %i
      : (tensor<4x2xi8>, tensor<2x4xf32>, tensor<2x4xi8>, tensor<4x1xi8>) -> !sparse
  %0 = compress.component %w["indices"] : !sparse -> tensor<4x1xi8>
  %1 = compress.component %w["zero_points"] : !sparse -> tensor<2x4xi8>
  %2 = compress.component %w["scales"] : !sparse -> tensor<2x4xf32>
  %3 = compress.component %w["values"] : !sparse -> tensor<4x2xi8>
  return %0, %1, %2, %3 : tensor<4x1xi8>, tensor<2x4xi8>, tensor<2x4xf32>, tensor<4x2xi8>
}

// CHECK-LABEL: func @component_of_assemble_dynamic
// CHECK-SAME: %[[V:.*]]: tensor<?x4xi8>, %[[S:.*]]: tensor<?x1xf32>
func.func @component_of_assemble_dynamic(%v: tensor<?x4xi8>, %s: tensor<?x1xf32>) -> tensor<?x1xf32> {
  // CHECK-NEXT: return %[[S]]
  %w = compress.assemble %v, %s : (tensor<?x4xi8>, tensor<?x1xf32>) -> !rows
  %0 = compress.component %w["scales"] : !rows -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}

// The components of other values stay.
// CHECK-LABEL: func @component_stays
func.func @component_stays(%w: !w, %d: tensor<8x4xf32>) -> (tensor<8x4xi8>, tensor<1x1xf32>) {
  // CHECK: compress.component %{{.*}}["values"]
  %0 = compress.component %w["values"] : !w -> tensor<8x4xi8>
  // CHECK: %[[E:.*]] = compress.encode
  // CHECK: compress.component %[[E]]["scales"]
  %e = compress.encode %d : tensor<8x4xf32> -> !w
  %1 = compress.component %e["scales"] : !w -> tensor<1x1xf32>
  return %0, %1 : tensor<8x4xi8>, tensor<1x1xf32>
}

// Encoding loses information, so decode of encode is not the identity.
// CHECK-LABEL: func @decode_of_encode
func.func @decode_of_encode(%d: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK: compress.encode
  // CHECK: compress.decode
  %e = compress.encode %d : tensor<8x4xf32> -> !w
  %0 = compress.decode %e : !w -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// All ops are pure: unused ones vanish.
// CHECK-LABEL: func @dead
func.func @dead(%d: tensor<8x4xf32>, %i: tensor<8x4xf32>) {
  // CHECK-NEXT: return
  %p = compress.prune #compress.nm<2:4, axis = 0>, %d : tensor<8x4xf32>
  %s = compress.choose_qparams #compress.affine<i8>, %p : tensor<8x4xf32> -> tensor<1x1xf32>
  %e = compress.encode %p parameters(%s : tensor<1x1xf32>) : tensor<8x4xf32> -> !w
  %v = compress.component %e["values"] : !w -> tensor<8x4xi8>
  %a = compress.assemble %v, %s : (tensor<8x4xi8>, tensor<1x1xf32>) -> !w
  %r = compress.decode %a : !w -> tensor<8x4xf32>
  %c = compress.contract [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>]
      ins(%r, %a : tensor<8x4xf32>, !w) outs(%i : tensor<8x4xf32>)
  return
}

// Folders may not ask an external weight for an element.
// CHECK-LABEL: func @element_of_external
// SCCP-LABEL: func @element_of_external
func.func @element_of_external() -> (f32, tensor<4xi32>) {
  // CHECK: tensor.extract
  // SCCP: tensor.extract
  %c0 = arith.constant 0 : index
  %w = arith.constant #compress.external<"model.safetensors", "w"> : tensor<4xf32>
  %0 = tensor.extract %w[%c0] : tensor<4xf32>
  // CHECK: arith.addi
  // SCCP: arith.addi
  %q = arith.constant #compress.external<"model.safetensors", "q"> : tensor<4xi32>
  %1 = arith.addi %q, %q : tensor<4xi32>
  return %0, %1 : f32, tensor<4xi32>
}

// Two constants that name the same entry are one.
// CHECK-LABEL: func @same_external
func.func @same_external() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-DAG: %[[W:.*]] = arith.constant #compress.external<"model.safetensors", "w">
  // CHECK-DAG: %[[V:.*]] = arith.constant #compress.external<"model.safetensors", "v">
  // CHECK: return %[[W]], %[[W]], %[[V]]
  %0 = arith.constant #compress.external<"model.safetensors", "w"> : tensor<4xf32>
  %1 = arith.constant #compress.external<"model.safetensors", "w"> : tensor<4xf32>
  %2 = arith.constant #compress.external<"model.safetensors", "v"> : tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CSE-LABEL: func @same_encode
func.func @same_encode(%d: tensor<8x4xf32>) -> (!w, !w, !w) {
  // CSE: %[[E:.*]] = compress.encode %{{.*}} : tensor<8x4xf32>
  // CSE-NOT: compress.encode %{{.*}} : tensor<8x4xf32>
  // CSE: %[[M:.*]] = compress.encode %{{.*}} observer = <mse>
  // CSE: return %[[E]], %[[E]], %[[M]]
  %0 = compress.encode %d : tensor<8x4xf32> -> !w
  %1 = compress.encode %d : tensor<8x4xf32> -> !w
  %2 = compress.encode %d observer = <mse> : tensor<8x4xf32> -> !w
  return %0, %1, %2 : !w, !w, !w
}

func.func private @layer(%x: tensor<?x8xf32>, %w: !w, %i: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                          affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<?x8xf32>, !w) outs(%i : tensor<?x4xf32>)
  return %0 : tensor<?x4xf32>
}

// INLINE-LABEL: func @inlined
func.func @inlined(%x: tensor<?x8xf32>, %d: tensor<8x4xf32>, %i: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // INLINE: %[[E:.*]] = compress.encode
  // INLINE-NEXT: %[[R:.*]] = compress.contract {{.*}} ins(%{{.*}}, %[[E]]
  // INLINE-NEXT: return %[[R]]
  %e = compress.encode %d : tensor<8x4xf32> -> !w
  %0 = func.call @layer(%x, %e, %i) : (tensor<?x8xf32>, !w, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// LICM-LABEL: func @decode_leaves_the_loop
func.func @decode_leaves_the_loop(%w: !w, %i: tensor<8x4xf32>, %n: index) -> tensor<8x4xf32> {
  // LICM: compress.decode
  // LICM: scf.for
  // LICM-NOT: compress.decode
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %k = %c0 to %n step %c1 iter_args(%a = %i) -> (tensor<8x4xf32>) {
    %d = compress.decode %w : !w -> tensor<8x4xf32>
    %s = arith.addf %a, %d : tensor<8x4xf32>
    scf.yield %s : tensor<8x4xf32>
  }
  return %0 : tensor<8x4xf32>
}

#n1 = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh + kh, ow + kw, c)>
#n2 = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh * 2 + kh * 3, ow * 2 + kw, c)>
#hwcf = affine_map<(n, oh, ow, f, kh, kw, c) -> (kh, kw, c, f)>
#nhwf = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh, ow, f)>

// A filter of 1x1 is a matrix: nothing slides.
// CHECK-LABEL: func @conv_of_point
// CHECK-NEXT: compress.contract [#[[NHWC]], #[[HWCF]], #[[NHWF]]] ins(%arg0, %arg1 : {{.*}}) outs(%arg2 : {{.*}}) {compress.site = "layer.0"}
func.func @conv_of_point(%x: tensor<?x4x5x8xf32>, %w: !compress.tensor<1x1x8x6xf32, #i8>, %i: tensor<?x4x5x6xf32>) -> tensor<?x4x5x6xf32> {
  %0 = compress.conv [#n1, #hwcf, #nhwf] ins(%x, %w : tensor<?x4x5x8xf32>, !compress.tensor<1x1x8x6xf32, #i8>)
      outs(%i : tensor<?x4x5x6xf32>) {compress.site = "layer.0"}
  return %0 : tensor<?x4x5x6xf32>
}

// With a stride the image is still not read as a matrix; the other part slides.
// CHECK-LABEL: func @conv_of_row
// CHECK-NEXT: compress.conv [#[[ROW]], #[[HWCF]], #[[NHWF]]]
func.func @conv_of_row(%x: tensor<2x9x9x8xf32>, %w: !compress.tensor<1x3x8x6xf32, #i8>, %i: tensor<2x4x4x6xf32>) -> tensor<2x4x4x6xf32> {
  %0 = compress.conv [#n2, #hwcf, #nhwf] ins(%x, %w : tensor<2x9x9x8xf32>, !compress.tensor<1x3x8x6xf32, #i8>)
      outs(%i : tensor<2x4x4x6xf32>)
  return %0 : tensor<2x4x4x6xf32>
}

// Where no window reaches the end of the image, or the extents are unknown, the
// index is no dimension of its own.
// CHECK-LABEL: func @conv_of_part
// CHECK-NEXT: compress.conv [#[[SLIDES]], #[[HWCF]], #[[NHWF]]]
func.func @conv_of_part(%x: tensor<2x5x?x8xf32>, %w: !compress.tensor<1x1x8x6xf32, #i8>, %i: tensor<2x4x?x6xf32>) -> tensor<2x4x?x6xf32> {
  %0 = compress.conv [#n1, #hwcf, #nhwf] ins(%x, %w : tensor<2x5x?x8xf32>, !compress.tensor<1x1x8x6xf32, #i8>)
      outs(%i : tensor<2x4x?x6xf32>)
  return %0 : tensor<2x4x?x6xf32>
}

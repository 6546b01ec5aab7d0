// What stays, in either direction, with the reason.

// RUN: compress-opt %s --split-input-file --compress-import-quant --remarks-filter=compress -o /dev/null 2>&1 | FileCheck %s --check-prefix=IN
// RUN: compress-opt %s --split-input-file --compress-export-quant --remarks-filter=compress -o /dev/null 2>&1 | FileCheck %s --check-prefix=OUT

// IN: remark: [Missed] quantized-type-stays {{.*}}its operand comes from no qcast and no scast
func.func @argument(%q: tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xf32> {
  %d = quant.dcast %q : tensor<2x!quant.uniform<i8:f32, 0.5>> to tensor<2xf32>
  return %d : tensor<2xf32>
}

// -----

// IN: it stores 16 bits, and schemes have 2 to 8
func.func @wide(%x: tensor<2xf32>) -> tensor<2xf32> {
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i16:f32, 0.5>>
  %d = quant.dcast %q : tensor<2x!quant.uniform<i16:f32, 0.5>> to tensor<2xf32>
  return %d : tensor<2xf32>
}

// -----

// IN: it clamps to a part of the storage's range
func.func @narrow_range(%x: tensor<2xf32>) -> tensor<2xf32> {
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %d = quant.dcast %q : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> to tensor<2xf32>
  return %d : tensor<2xf32>
}

// -----

// IN: it is an argument that is not bound to a weights file
func.func @not_constant(%c: tensor<2xi4>) -> tensor<2xf32> {
  %q = quant.scast %c : tensor<2xi4> to tensor<2x!quant.uniform<i4:f32, 0.5>>
  %d = quant.dcast %q : tensor<2x!quant.uniform<i4:f32, 0.5>> to tensor<2xf32>
  return %d : tensor<2xf32>
}

// -----

// IN: 'func.return' reads its result
func.func @returned(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5>> {
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5>>
  return %q : tensor<2x!quant.uniform<i8:f32, 0.5>>
}

// -----

// OUT: remark: [Missed] compressed-tensor-stays {{.*}}its scales are not known; export after compress-fold
func.func @not_folded(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %e = compress.encode %x : tensor<2x4xf32> -> !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.affine<i8>>>
  %d = compress.decode %e : !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.affine<i8>>> -> tensor<2x4xf32>
  return %d : tensor<2x4xf32>
}

// -----

// OUT: quantized types have affine integers only
func.func @floats(%v: tensor<2x4xbf16>) -> tensor<2x4xf32> {
  %e = compress.assemble %v : (tensor<2x4xbf16>) -> !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.float<bf16>>>
  %d = compress.decode %e : !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.float<bf16>>> -> tensor<2x4xf32>
  return %d : tensor<2x4xf32>
}

// -----

// OUT: quantized types have no sparsity
func.func @sparse(%v: tensor<2x4xi8>, %i: tensor<2x1xi8>) -> tensor<2x8xf32> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %e = compress.assemble %v, %s, %i : (tensor<2x4xi8>, tensor<1x1xf32>, tensor<2x1xi8>) -> !compress.tensor<2x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8>>>
  %d = compress.decode %e : !compress.tensor<2x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8>>> -> tensor<2x8xf32>
  return %d : tensor<2x8xf32>
}

// -----

// OUT: quantized types have no ragged or dynamic blocks
func.func @ragged(%v: tensor<2x5xi8>) -> tensor<2x5xf32> {
  %s = arith.constant dense<0.5> : tensor<2x3xf32>
  %e = compress.assemble %v, %s : (tensor<2x5xi8>, tensor<2x3xf32>) -> !compress.tensor<2x5xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2]>>>
  %d = compress.decode %e : !compress.tensor<2x5xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2]>>> -> tensor<2x5xf32>
  return %d : tensor<2x5xf32>
}

// -----

// OUT: quantized types have one level of scales, of the expressed type
func.func @scale_type(%v: tensor<2x5xi8>) -> tensor<2x5xf16> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %e = compress.assemble %v, %s : (tensor<2x5xi8>, tensor<1x1xf32>) -> !compress.tensor<2x5xf16, #compress.scheme<storage = #compress.affine<i8>>>
  %d = compress.decode %e : !compress.tensor<2x5xf16, #compress.scheme<storage = #compress.affine<i8>>> -> tensor<2x5xf16>
  return %d : tensor<2x5xf16>
}

// -----

// OUT: it computes with a compressed tensor; export before compress-fuse
func.func @fused(%x: tensor<2x4xf32>, %w: !compress.tensor<4x4xf32, #compress.scheme<storage = #compress.affine<i8>>>, %init: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<2x4xf32>, !compress.tensor<4x4xf32, #compress.scheme<storage = #compress.affine<i8>>>)
      outs(%init : tensor<2x4xf32>)
  return %y : tensor<2x4xf32>
}

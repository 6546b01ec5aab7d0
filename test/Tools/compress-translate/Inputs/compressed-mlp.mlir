// An MLP as compress-fuse leaves it: 2:4 + int4 in groups of 128 with f16
// scales, then int8 weights and dynamic int8 activations; biases are constants.
!w4 = !compress.tensor<256x64xf32, #compress.scheme<
    sparsity = #compress.nm<2:4, axis = 0>,
    storage = #compress.affine<i4, block = [128, 1], scale = f16>>>
!w8 = !compress.tensor<64x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!x8 = !compress.tensor<?x64xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

func.func @mlp(%x: tensor<?x256xf32> {compress.name = "x"}, %w1: !w4 {compress.name = "w1"},
    %w2: !w8 {compress.name = "w2"}) -> (tensor<?x8xf32> {compress.name = "y"}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %m = tensor.dim %x, %c0 : tensor<?x256xf32>
  %e1 = tensor.empty(%m) : tensor<?x64xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %h = compress.contract [#lhs, #rhs, #out] ins(%x, %w1 : tensor<?x256xf32>, !w4)
      outs(%z1 : tensor<?x64xf32>)
  %s = compress.choose_qparams #compress.affine<i8, block = [1, *]>, %h
      : tensor<?x64xf32> -> tensor<?x1xf32>
  %q = compress.encode %h parameters(%s : tensor<?x1xf32>) : tensor<?x64xf32> -> !x8
  %e2 = tensor.empty(%m) : tensor<?x8xf32>
  %z2 = linalg.broadcast ins(%b : tensor<8xf32>) outs(%e2 : tensor<?x8xf32>) dimensions = [0]
  %y = compress.contract [#lhs, #rhs, #out] ins(%q, %w2 : !x8, !w8)
      outs(%z2 : tensor<?x8xf32>)
  return %y : tensor<?x8xf32>
}

// Two linear layers; the weight of the second is stored transposed.
func.func @main(%x: tensor<?x64xf32> {compress.name = "x"}) -> (tensor<?x64xf32> {compress.name = "y"}) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %a = arith.constant #compress.external<"w.safetensors", "a"> : tensor<64x32xf32>
  %e0 = tensor.empty(%n) : tensor<?x32xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?x32xf32>) -> tensor<?x32xf32>
  %h = linalg.matmul ins(%x, %a : tensor<?x64xf32>, tensor<64x32xf32>) outs(%i0 : tensor<?x32xf32>) -> tensor<?x32xf32> loc("mlp.up")
  %b = arith.constant #compress.external<"w.safetensors", "b"> : tensor<64x32xf32>
  %t = tensor.empty() : tensor<32x64xf32>
  %bt = linalg.transpose ins(%b : tensor<64x32xf32>) outs(%t : tensor<32x64xf32>) permutation = [1, 0]
  %e1 = tensor.empty(%n) : tensor<?x64xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = linalg.matmul ins(%h, %bt : tensor<?x32xf32>, tensor<32x64xf32>) outs(%i1 : tensor<?x64xf32>) -> tensor<?x64xf32> loc("mlp.down")
  return %y : tensor<?x64xf32>
}
